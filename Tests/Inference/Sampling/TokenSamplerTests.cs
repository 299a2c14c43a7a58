using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Tests.Inference.Sampling;

public sealed class TokenSamplerTests
{
    [Fact]
    public void Sample_TemperatureZero_TakesTheLowestIdAmongTheLikeliest()
        => Assert.Equal(1, Sample([0, 3, 3, -1], SamplingOptions.Greedy));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Sample_LogitThatIsNoNumber_SaysSo(float logit)
        => Assert.Equal(-1, Sample([0, logit, 1], SamplingOptions.Default));

    [Fact]
    public void Sample_NothingButNegativeInfinities_SaysSo()
        => Assert.Equal(-1, Sample([float.NegativeInfinity, float.NegativeInfinity], SamplingOptions.Default));

    [Fact]
    public void Sample_Default_DrawsInProportion()
    {
        var counts = Draw([0, MathF.Log(2), MathF.Log(7)], SamplingOptions.Default, 10_000);

        // Standard deviations are 30, 40 and 46; the draws are fixed.
        Assert.InRange(counts[0], 865, 1135);
        Assert.InRange(counts[1], 1820, 2180);
        Assert.InRange(counts[2], 6793, 7207);
    }

    [Fact]
    public void Sample_HighTemperature_FlattensTheProportions()
    {
        var counts = Draw([0, MathF.Log(4)], SamplingOptions.Default with { Temperature = 2 }, 10_000);

        // At temperature 2 the odds are 1 to sqrt(4).
        Assert.InRange(counts[0], 3333 - 212, 3333 + 212);
    }

    [Fact]
    public void Sample_TopK_KeepsTheLikeliest_LowestIdsAmongEquals()
        => Assert.Equal([1, 2], Drawn([1, 5, 3, 3, 0], SamplingOptions.Default with { TopK = 2, Temperature = 2 }));

    [Theory]
    [InlineData(0.49, new[] { 2 })]
    [InlineData(0.51, new[] { 1, 2 })]
    [InlineData(0.79, new[] { 1, 2 })]
    [InlineData(0.81, new[] { 0, 1, 2 })]
    public void Sample_TopP_KeepsTheFewestThatReachIt(double topP, int[] expected)
        => Assert.Equal(expected, Drawn([MathF.Log(2), MathF.Log(3), MathF.Log(5)], SamplingOptions.Default with { TopP = topP }));

    [Fact]
    public void Sample_TopPAfterTopK_CountsOnlyWhatTopKLeft()
        // Of 5, 3, 2 top-k leaves 5 and 3: 62.5 % and 37.5 %.
        => Assert.Equal([2], Drawn([MathF.Log(2), MathF.Log(3), MathF.Log(5)], SamplingOptions.Default with { TopK = 2, TopP = 0.6 }));

    [Fact]
    public void Sample_MinP_DropsWhatIsFarLessLikely()
        => Assert.Equal([1, 2], Drawn([MathF.Log(2), MathF.Log(3), MathF.Log(5)], SamplingOptions.Default with { MinP = 0.5 }));

    [Fact]
    public void Sample_TinyTopPAndFlatLogits_StillChooses()
        => Assert.Equal([0], Drawn(new float[1000], SamplingOptions.Default with { TopP = 1e-9 }));

    [Fact]
    public void Sample_PresencePenalty_CountsOnce()
    {
        float[] logits = [1, 1.5f];

        Assert.Equal(1, Sample(logits.ToArray(), SamplingOptions.Greedy with { PresencePenalty = 0.4 }, 1, 1, 1));
        Assert.Equal(0, Sample(logits.ToArray(), SamplingOptions.Greedy with { PresencePenalty = 0.6 }, 1));
    }

    [Fact]
    public void Sample_FrequencyPenalty_CountsEachTime()
    {
        float[] logits = [1, 1.5f];

        Assert.Equal(1, Sample(logits.ToArray(), SamplingOptions.Greedy with { FrequencyPenalty = 0.2 }, 1, 1));
        Assert.Equal(0, Sample(logits.ToArray(), SamplingOptions.Greedy with { FrequencyPenalty = 0.2 }, 1, 1, 1));
    }

    [Fact]
    public void Sample_SortedCut_MatchesTheDefinition()
    {
        // The sampler sorts only what can matter; this is the rule without that shortcut.
        var random = new Random(7);
        for (var run = 0; run < 200; run++)
        {
            var logits = Enumerable.Range(0, 50).Select(_ => (float)(random.NextDouble() * random.Next(1, 12))).ToArray();
            var options = SamplingOptions.Default with { TopP = random.NextDouble() * 0.999 + 0.001, Temperature = random.NextDouble() + 0.5 };
            var weights = logits.Select(logit => Math.Exp((logit - logits.Max()) / options.Temperature)).ToArray();
            var allowed = new HashSet<int>();
            foreach (var id in Enumerable.Range(0, 50).OrderByDescending(id => logits[id]).ThenBy(id => id).TakeWhile(_ => allowed.Sum(kept => weights[kept]) < options.TopP * weights.Sum()))
            {
                allowed.Add(id);
            }

            Assert.Subset(allowed, Drawn(logits, options).ToHashSet());
        }
    }

    [Theory]
    [InlineData(nameof(SamplingOptions.Temperature), 2.1, 1, 0, 0)]
    [InlineData(nameof(SamplingOptions.Temperature), double.NaN, 1, 0, 0)]
    [InlineData(nameof(SamplingOptions.TopP), 1, 0, 0, 0)]
    [InlineData(nameof(SamplingOptions.TopP), 1, double.NaN, 0, 0)]
    [InlineData(nameof(SamplingOptions.TopK), 1, 1, -1, 0)]
    [InlineData(nameof(SamplingOptions.MinP), 1, 1, 0, 1.01)]
    public void Check_ValueOutOfRange_NamesTheField(string field, double temperature, double topP, int topK, double minP)
        => Assert.Equal(field, SamplingRules.Check(new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP }, 10)?.Field);

    [Fact]
    public void Check_Defaults_AreFine()
        => Assert.Null(SamplingRules.Check(SamplingOptions.Default, 10));

    private static int Sample(float[] logits, SamplingOptions options, params int[] answer)
    {
        var adjustment = new LogitAdjustment(options, []);
        Array.ForEach(answer, adjustment.Add);
        return new TokenSampler(logits.Length).Sample(logits, options, adjustment, [], draw: 0.5).Id;
    }

    private static int[] Draw(float[] logits, SamplingOptions options, int draws)
    {
        var sampler = new TokenSampler(logits.Length);
        var counts = new int[logits.Length];
        for (var position = 0; position < draws; position++)
        {
            counts[sampler.Sample(logits.ToArray(), options, new LogitAdjustment(options, []), [], Philox.Draw(seed: 42, position)).Id]++;
        }

        return counts;
    }

    private static List<int> Drawn(float[] logits, SamplingOptions options)
    {
        var counts = Draw(logits, options, 300);
        return [.. Enumerable.Range(0, logits.Length).Where(id => counts[id] > 0)];
    }
}
