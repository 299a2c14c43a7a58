using System.Globalization;

namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>Bounds of numbers against arithmetic.</summary>
public sealed class NumberRangeTests
{
    [Fact]
    public void Integer_RandomBounds_HoldExactlyTheNumbersBetween()
    {
        var random = new Random(5);
        for (var run = 0; run < 150; run++)
        {
            var scale = (int)Math.Pow(10, random.Next(1, 5));
            var (low, high) = (random.Next(-scale, scale), random.Next(-scale, scale));
            (low, high) = (Math.Min(low, high), Math.Max(low, high) + 3);
            var (above, below) = (random.Next(2), random.Next(2));
            var grammar = ByteVocabulary.Schema($$"""{"type":"integer","{{(above == 1 ? "exclusiveMinimum" : "minimum")}}":{{low}},"{{(below == 1 ? "exclusiveMaximum" : "maximum")}}":{{high}}}""");

            foreach (var value in Enumerable.Range(0, 40).Select(_ => random.Next(low - scale, high + scale)).Concat([low - 1, low, low + 1, high - 1, high, high + 1, 0]))
            {
                Assert.Equal(value >= low + above && value <= high - below, ByteVocabulary.Has(grammar, value.ToString(CultureInfo.InvariantCulture)));
            }
        }
    }

    [Fact]
    public void Number_RandomBounds_HoldExactlyTheNumbersBetween()
    {
        var random = new Random(6);
        decimal Next(int digits) => Math.Round((decimal)(random.NextDouble() * 2 - 1) * (decimal)Math.Pow(10, random.Next(-1, 3)), digits);
        for (var run = 0; run < 150; run++)
        {
            var (low, high) = (Next(random.Next(4)), Next(random.Next(4)));
            (low, high) = (Math.Min(low, high), Math.Max(low, high) + 1);
            var (above, below) = (random.Next(2) == 1, random.Next(2) == 1);
            var grammar = ByteVocabulary.Schema(string.Create(CultureInfo.InvariantCulture, $$"""{"type":"number","{{(above ? "exclusiveMinimum" : "minimum")}}":{{low}},"{{(below ? "exclusiveMaximum" : "maximum")}}":{{high}}}"""));

            foreach (var value in Enumerable.Range(0, 40).Select(_ => low + (high - low) * (decimal)(random.NextDouble() * 1.4 - 0.2)).Select(value => Math.Round(value, random.Next(8)))
                .Concat([low, high, low + 0.0001m, low - 0.0001m, high + 0.0001m, high - 0.0001m]))
            {
                var text = value.ToString(CultureInfo.InvariantCulture);
                if (text.StartsWith("-0", StringComparison.Ordinal) && value == 0)
                {
                    continue;
                }

                var inside = (above ? value > low : value >= low) && (below ? value < high : value <= high);
                Assert.True(inside == ByteVocabulary.Has(grammar, text), $"{low} {above} {high} {below}: {text}");
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":0}""", "0", "999999999999999999")]
    [InlineData("""{"type":"integer","maximum":-1}""", "-1", "-999999999999999999")]
    [InlineData("""{"type":"integer","minimum":9223372036854775807}""", "9223372036854775807", "9223372036854775808")]
    [InlineData("""{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}""", "-9223372036854775808", "9223372036854775807", "0")]
    [InlineData("""{"type":"integer","minimum":1.5,"maximum":2.5}""", "2")]
    [InlineData("""{"type":"integer","minimum":1e3,"maximum":1.0e3}""", "1000")]
    [InlineData("""{"type":"number","minimum":0,"maximum":0}""", "0", "0.0")]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"minimum":-1}""", "0.1")]
    [InlineData("""{"type":"number","minimum":0.5}""", "0.5", "0.50", "1", "10.25")]
    [InlineData("""{"type":["integer","number"],"minimum":0.5,"maximum":1}""", "0.75", "1")]
    public void Bounds_NumberWithin_IsInTheGrammar(string schema, params string[] texts)
    {
        var grammar = ByteVocabulary.Schema(schema);
        Assert.All(texts, text => Assert.True(ByteVocabulary.Has(grammar, text), text));
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":0}""", "-1", "-0", "00", "01")]
    [InlineData("""{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}""", "-9223372036854775809", "9223372036854775808")]
    [InlineData("""{"type":"integer","minimum":1.5,"maximum":2.5}""", "1", "3", "2.0")]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", "0", "0.0", "-1", "0.000", "1e5")]
    [InlineData("""{"type":"number","minimum":-5,"exclusiveMaximum":0}""", "0", "-0", "-0.0", "-5.1")]
    public void Bounds_NumberOutside_IsNotInTheGrammar(string schema, params string[] texts)
    {
        var grammar = ByteVocabulary.Schema(schema);
        Assert.All(texts, text => Assert.False(ByteVocabulary.Has(grammar, text), text));
    }
}
