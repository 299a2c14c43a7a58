using CocoonOrleans.HouseModel.Text;

namespace CocoonOrleans.Tests.Inference.HouseModel.Text;

public sealed class GrammarTests
{
    [Fact]
    public void Expand_NestedAlternatives_GivesEachOfThem()
    {
        var (grammar, dice) = (Grammar.Parse("say (a [big] {x}|two)."), new Dice(1));

        var texts = Enumerable.Range(0, 200).Select(_ => grammar.Expand(dice)).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["say a big {x}.", "say a {x}.", "say two."], texts);
    }

    [Theory]
    [InlineData("a (b")]
    [InlineData("a b]")]
    [InlineData("a (b]")]
    public void Parse_UnmatchedBracket_IsRefused(string source) => Assert.Throws<FormatException>(() => Grammar.Parse(source));

    [Fact]
    public void Wordings_TwentyOfThem_HoldOutTwo()
    {
        var wordings = new Wordings(Enumerable.Range(0, 20).Select(i => $"wording {i}"));
        var dice = new Dice(1);

        var held = Enumerable.Range(0, 100).Select(_ => wordings.Pick(dice, heldOut: true)).ToHashSet();
        var known = Enumerable.Range(0, 1_000).Select(_ => wordings.Pick(dice, heldOut: false)).ToHashSet();

        Assert.Equal(2, held.Count);
        Assert.Equal(18, known.Count);
        Assert.Empty(held.Intersect(known));
    }

    [Theory]
    [InlineData("addition")]
    [InlineData("subtraction")]
    [InlineData("translation")]
    [InlineData("followups")]
    [InlineData("spelling")]
    [InlineData("reversing")]
    [InlineData("json-asks")]
    [InlineData("json-texts")]
    [InlineData("summary-asks")]
    [InlineData("summary-texts")]
    [InlineData("refusals")]
    [InlineData("define")]
    public void WordingFile_OfASkill_HasNoWordingTwice(string name)
        => Assert.Empty(WordingFile.Lines(name).GroupBy(line => line.TrimEnd('.', '?')).Where(group => group.Distinct().Count() != group.Count()).Select(group => group.Key));
}
