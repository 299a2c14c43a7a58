using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Tests.Settlement.Cells;

/// <summary>Cells that our library makes, beside the same ones made by TON's JavaScript libraries.</summary>
public sealed class GoldenCellTests
{
    public static TheoryData<string> Names => [.. SampleCells.Names];

    [Fact]
    public void SampleCells_Names_AreThoseOfTheVectors() =>
        Assert.Equal(GoldenVectors.All.Cells.Keys.Order(StringComparer.Ordinal), SampleCells.Names.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))]
    public void Cell_MadeHere_HasTheirHashesAndDepth(string name)
    {
        var expected = GoldenVectors.All.Cells[name];
        Cell cell = SampleCells.Make(name);

        Assert.Equal(expected.Hash, cell.Hash.ToString());
        Assert.Equal(expected.Hashes, Enumerable.Range(0, 4).Select(level => cell.HashAt(level).ToString()));
        Assert.Equal(expected.Depth, cell.Depth);
    }

    [Theory, MemberData(nameof(Names))]
    public void Boc_WrittenHere_IsTheirBytesInEachForm(string name)
    {
        var expected = GoldenVectors.All.Cells[name];
        Cell cell = SampleCells.Make(name);

        Assert.Equal(expected.Checked, Convert.ToHexStringLower(Boc.Write(cell)));
        Assert.Equal(expected.Plain, Convert.ToHexStringLower(Boc.Write(cell, BocForm.Plain)));
        Assert.Equal(expected.Indexed, Convert.ToHexStringLower(Boc.Write(cell, BocForm.Indexed)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Boc_OfTheirBytes_IsTheSameCell(string name)
    {
        var theirs = GoldenVectors.All.Cells[name];
        foreach (string boc in new[] { theirs.Checked, theirs.Plain, theirs.Indexed })
        {
            Cell cell = Boc.Parse(Convert.FromHexString(boc));

            Assert.Equal(theirs.Hash, cell.Hash.ToString());
            Assert.Equal(SampleCells.Make(name).Kind, cell.Kind);
        }
    }
}
