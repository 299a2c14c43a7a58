using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Tests.Settlement.Cells;

public sealed class CellDictionaryTests
{
    [Theory]
    [InlineData("dictionary0", 32, 0)]
    [InlineData("dictionary1", 32, 1)]
    [InlineData("dictionary1000", 32, 1000)]
    [InlineData("dictionary1000Hashes", 256, 1000)]
    [InlineData("dictionary15Bits", 15, 40)]
    [InlineData("dictionary4Bits", 4, 16)]
    [InlineData("dictionary1Bit", 1, 1)]
    public void Read_OfTheirCell_HasAllEntriesAndWritesTheSame(string name, int keyBits, int count)
    {
        Cell? root = Boc.Parse(Convert.FromHexString(GoldenVectors.All.Cells[name].Checked)).BeginRead().ReadMaybeReference("root");
        var dictionary = CellDictionary.Read(root, keyBits, "dictionary");

        Assert.Equal(count, dictionary.Count);
        Assert.Equal(root, dictionary.Write());
    }

    [Fact]
    public void Find_ByNumberOrHash_GivesTheValue()
    {
        var numbers = CellDictionary.Read(Root("dictionary1000"), 32, "dictionary");
        var hashes = CellDictionary.Read(Root("dictionary1000Hashes"), 256, "dictionary");

        Assert.Equal(999UL, numbers.Find(999UL * 2654435761 & uint.MaxValue)!.BeginRead().ReadUInt(16, "value"));
        Assert.Null(numbers.Find(1));
        Assert.Equal(3UL, hashes.Find(Sample.HashOf("key 3"))!.BeginRead().ReadReference("value").BeginRead().ReadUInt(16, "value"));
        Assert.Null(hashes.Find(Sample.HashOf("key 1000")));
    }

    [Fact]
    public void Read_MoreEntriesThanAllowed_IsRefused() =>
        Assert.Equal("set", Assert.Throws<TonFormatException>(() => CellDictionary.Read(Root("dictionary1000"), 32, "set", 999)).Field);

    /// <summary>30 cells that stand for 2^30 entries, if anyone counts them.</summary>
    [Fact]
    public void Read_CellsThatShareTheirBranches_EndsAtTheLimit()
    {
        Cell edge = new CellBuilder().StoreUInt(0, 2).StoreUInt(1, 8).Build();
        for (int i = 0; i < 30; i++)
        {
            edge = new CellBuilder().StoreUInt(0, 2).StoreReference(edge).StoreReference(edge).Build();
        }

        Assert.Equal("set", Assert.Throws<TonFormatException>(() => CellDictionary.Read(edge, 30, "set")).Field);
    }

    [Theory]
    [InlineData(0b1_0_0001_0, 7)] // long where short is as short
    [InlineData(0b110_0001, 7)] // same, for one bit
    [InlineData(0b11111110, 8)] // a label longer than the key
    [InlineData(0b0, 1)] // no end
    public void Read_LabelInAnotherForm_IsRefused(int bits, int count)
    {
        Cell leaf = new CellBuilder().StoreUInt((ulong)bits, count).Build();

        Assert.Equal("set", Assert.Throws<TonFormatException>(() => CellDictionary.Read(leaf, 4, "set")).Field);
    }

    [Fact]
    public void Read_ExoticOrOverfullBranch_IsRefused()
    {
        Cell branch = new CellBuilder().StoreUInt(0, 2).StoreUInt(1, 1).StoreReference(Cell.Empty).StoreReference(Cell.Empty).Build();

        Assert.All([SampleCells.Make("library"), branch], cell =>
            Assert.Equal("set", Assert.Throws<TonFormatException>(() => CellDictionary.Read(cell, 4, "set")).Field));
    }

    private static Cell? Root(string name) => SampleCells.Make(name).BeginRead().ReadMaybeReference("root");
}
