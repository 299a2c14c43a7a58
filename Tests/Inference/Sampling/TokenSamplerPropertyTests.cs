using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Tests.Inference.Sampling;

/// <summary>The sampler against <see cref="ReferenceSampler"/> on many random cases.</summary>
public sealed class TokenSamplerPropertyTests
{
    private const int Vocabulary = 70;

    [Fact]
    public void Sample_RandomOptions_DrawsWhatTheReferenceDraws()
    {
        var random = new Random(3);
        var sampler = new TokenSampler(Vocabulary);
        for (var run = 0; run < 500; run++)
        {
            var c = RandomCase(random);
            var expected = ReferenceSampler.Distribution(c.Logits, c.Options, c.Prompt, c.Answer, c.Allowed.Contains);
            var drawn = new HashSet<int>();
            for (var step = 0; step < 200; step++)
            {
                // A grid of draws: each token gets as many of them as its probability says, in the order of ids, give or take one at each border.
                var draw = (step + 0.5) / 200;
                var id = Sample(sampler, c, draw).Id;
                drawn.Add(id);
                var below = expected.Where(token => token.Key < id).Sum(token => token.Value);
                Assert.InRange(draw, below - 1e-5, below + expected[id] + 1e-5);
            }

            Assert.Superset(expected.Where(token => token.Value > 0.006).Select(token => token.Key).ToHashSet(), drawn);
        }
    }

    [Fact]
    public void Sample_Logprobs_AreThoseOfTheRawLogitsWhateverElseIsAsked()
    {
        var random = new Random(4);
        var sampler = new TokenSampler(Vocabulary);
        for (var run = 0; run < 200; run++)
        {
            var top = random.Next(21);
            var c = RandomCase(random);
            c = c with { Options = c.Options with { TopLogprobs = top } };
            var expected = ReferenceSampler.Logprobs(c.Logits);

            var (id, logprobs) = Sample(sampler, c, random.NextDouble());

            Assert.Equal(expected[id], logprobs!.Logprob, 1e-9);
            var likeliest = Enumerable.Range(0, Vocabulary).OrderByDescending(other => c.Logits[other]).ThenBy(other => other).Take(top).ToList();
            Assert.Equal(likeliest, logprobs.Top.Select(token => token.Id));
            Assert.All(logprobs.Top, token => Assert.Equal(expected[token.Id], token.Logprob, 1e-9));
        }
    }

    [Fact]
    public void Sample_LogprobsNotAsked_AreNotThere()
        => Assert.Null(new TokenSampler(2).Sample(new float[] { 1, 2 }, SamplingOptions.Default, new LogitAdjustment(SamplingOptions.Default, []), [], 0.5).Logprobs);

    [Fact]
    public void Sample_MoreTopLogprobsThanTokens_TellsAll()
    {
        var options = SamplingOptions.Greedy with { TopLogprobs = 20 };
        Assert.Equal([1, 0], new TokenSampler(2).Sample(new float[] { 1, 2 }, options, new LogitAdjustment(options, []), [], 0.5).Logprobs!.Top.Select(token => token.Id));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Sample_NoNumberWhereTheGrammarForbids_SaysSoAllTheSame(float logit)
        => Assert.Equal(-1, new TokenSampler(3).Sample(new[] { 0, logit, 1 }, SamplingOptions.Default, new LogitAdjustment(SamplingOptions.Default, []), [0b101], 0.5).Id);

    [Fact]
    public void Sample_AllowedTokensThatTheModelRulesOut_SaysSo()
        => Assert.Equal(-1, new TokenSampler(2).Sample(new[] { 0, float.NegativeInfinity }, SamplingOptions.Greedy, new LogitAdjustment(SamplingOptions.Greedy, []), [0b10], 0.5).Id);

    [Fact]
    public void Sample_RepetitionPenalty_CountsPromptAndAnswerOnceEach()
    {
        var options = SamplingOptions.Greedy with { RepetitionPenalty = 1.5 };
        var adjustment = new LogitAdjustment(options, [0, 0]);
        adjustment.Add(1);
        adjustment.Add(1);
        float[] logits = [3, -3, 3];

        adjustment.Apply(logits);

        Assert.Equal([2, -4.5f, 3], logits);
    }

    [Fact]
    public void Sample_StepWithoutLogprobs_AllocatesNothing()
    {
        var options = new SamplingOptions { TopK = 20, TopP = 0.9, MinP = 0.01, RepetitionPenalty = 1.1, FrequencyPenalty = 0.5, LogitBias = new Dictionary<int, double> { [3] = 5 } };
        var (sampler, adjustment) = (new TokenSampler(Vocabulary), new LogitAdjustment(options, [1, 2, 3]));
        var logits = new float[Vocabulary];
        ulong[] allowed = [ulong.MaxValue, ulong.MaxValue];
        sampler.Sample(logits, options, adjustment, allowed, 0.5);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var step = 0; step < 100; step++)
        {
            sampler.Sample(logits, options, adjustment, allowed, 0.5);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void Check_ValueOutOfRange_NamesTheField(SamplingOptions options, string field)
        => Assert.Equal(field, SamplingRules.Check(options, Vocabulary)?.Field);

    public static TheoryData<SamplingOptions, string> WrongOptions => new()
    {
        { new SamplingOptions { RepetitionPenalty = 0 }, nameof(SamplingOptions.RepetitionPenalty) },
        { new SamplingOptions { RepetitionPenalty = 2.1 }, nameof(SamplingOptions.RepetitionPenalty) },
        { new SamplingOptions { RepetitionPenalty = double.NaN }, nameof(SamplingOptions.RepetitionPenalty) },
        { new SamplingOptions { TopLogprobs = -1 }, nameof(SamplingOptions.TopLogprobs) },
        { new SamplingOptions { TopLogprobs = 21 }, nameof(SamplingOptions.TopLogprobs) },
        { new SamplingOptions { LogitBias = new Dictionary<int, double> { [0] = 101 } }, nameof(SamplingOptions.LogitBias) },
        { new SamplingOptions { LogitBias = new Dictionary<int, double> { [0] = double.NaN } }, nameof(SamplingOptions.LogitBias) },
        { new SamplingOptions { LogitBias = new Dictionary<int, double> { [-1] = 1 } }, nameof(SamplingOptions.LogitBias) },
        { new SamplingOptions { LogitBias = new Dictionary<int, double> { [Vocabulary] = 1 } }, nameof(SamplingOptions.LogitBias) },
        { new SamplingOptions { LogitBias = Enumerable.Range(0, 301).ToDictionary(id => id, _ => 1.0) }, nameof(SamplingOptions.LogitBias) },
    };

    private static SampledToken Sample(TokenSampler sampler, Case c, double draw)
    {
        var adjustment = new LogitAdjustment(c.Options, c.Prompt);
        Array.ForEach(c.Answer, adjustment.Add);
        var allowed = new ulong[(Vocabulary + 63) / 64];
        foreach (var id in c.Allowed)
        {
            allowed[id >> 6] |= 1UL << (id & 63);
        }

        return sampler.Sample(c.Logits.ToArray(), c.Options, adjustment, c.Allowed.Count == Vocabulary ? [] : allowed, draw);
    }

    private static Case RandomCase(Random random)
    {
        var logits = Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 8 - 4)).ToArray();
        bool Sometimes() => random.Next(2) == 0;
        var options = new SamplingOptions
        {
            Temperature = random.Next(8) == 0 ? 0 : random.NextDouble() * 1.9 + 0.1,
            TopK = Sometimes() ? random.Next(Vocabulary + 5) : 0,
            TopP = Sometimes() ? random.NextDouble() * 0.99 + 0.01 : 1,
            MinP = Sometimes() ? random.NextDouble() * 0.3 : 0,
            RepetitionPenalty = Sometimes() ? random.NextDouble() * 1.5 + 0.5 : 1,
            PresencePenalty = Sometimes() ? random.NextDouble() * 4 - 2 : 0,
            FrequencyPenalty = Sometimes() ? random.NextDouble() * 4 - 2 : 0,
            LogitBias = Enumerable.Range(0, random.Next(6)).ToDictionary(_ => random.Next(Vocabulary / 7) * 7 + _, _ => random.NextDouble() * 10 - 5),
        };
        int[] Ids(int most) => [.. Enumerable.Range(0, random.Next(most)).Select(_ => random.Next(Vocabulary))];
        var allowed = Enumerable.Range(0, Vocabulary).ToHashSet();
        if (Sometimes())
        {
            allowed.RemoveWhere(_ => random.Next(3) > 0);
            allowed.Add(random.Next(Vocabulary));
        }

        return new Case(logits, options, Ids(10), Ids(10), allowed);
    }

    private sealed record Case(float[] Logits, SamplingOptions Options, int[] Prompt, int[] Answer, HashSet<int> Allowed);
}
