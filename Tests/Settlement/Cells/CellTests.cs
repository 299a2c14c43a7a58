using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Tests.Settlement.Cells;

/// <summary>What a cell may be, and what reading one field by field refuses.</summary>
public sealed class CellTests
{
    [Fact]
    public void Cell_DeeperThanAllowed_IsRefused()
    {
        Cell deepest = SampleCells.Make("chain1024");

        var refusal = Assert.Throws<TonFormatException>(() => new CellBuilder().StoreReference(deepest).Build());
        Assert.Equal("cell.depth", refusal.Field);
    }

    [Theory]
    [InlineData("", "cell.kind")]
    [InlineData("00", "cell.kind")]
    [InlineData("05", "cell.kind")]
    [InlineData("02aa", "cell.kind")]
    [InlineData("0100", "cell.level")]
    [InlineData("0108", "cell.kind")]
    [InlineData("03", "cell.kind")]
    public void Cell_ExoticButMalformed_IsRefused(string data, string field)
    {
        byte[] bytes = Convert.FromHexString(data);

        var refusal = Assert.Throws<TonFormatException>(() => new CellBuilder().StoreBytes(bytes).Build(exotic: true));
        Assert.Equal(field, refusal.Field);
    }

    [Fact]
    public void Cell_ProofOfAnotherTree_IsRefused()
    {
        var builder = new CellBuilder().StoreUInt(3, 8).StoreBits256(Sample.HashOf("x")).StoreUInt(0, 16).StoreReference(Cell.Empty);

        Assert.Equal("cell.merkle", Assert.Throws<TonFormatException>(() => builder.Build(exotic: true)).Field);
    }

    /// <summary>One hash for the one level at which it is pruned, as nodes write it.</summary>
    [Fact]
    public void Cell_PrunedAtLevelThreeAlone_HasOneStoredHash()
    {
        Cell pruned = new CellBuilder().StoreUInt(1, 8).StoreUInt(4, 8).StoreBits256(Sample.HashOf("c")).StoreUInt(9, 16).Build(exotic: true);

        Assert.Equal(3, pruned.Level);
        Assert.All([0, 1, 2], level => Assert.Equal((Sample.HashOf("c"), 9), (pruned.HashAt(level), pruned.DepthAt(level))));
        Assert.Equal(pruned.Hash, pruned.HashAt(3));
        Assert.NotEqual(Sample.HashOf("c"), pruned.Hash);
    }

    [Fact]
    public void Builder_MoreThanACellHolds_Throws()
    {
        var full = new CellBuilder().StoreBits(new byte[128], 1023);
        var referring = Enumerable.Range(0, 4).Aggregate(new CellBuilder(), (builder, _) => builder.StoreReference(Cell.Empty));

        Assert.Throws<InvalidOperationException>(() => full.StoreBit(true));
        Assert.Throws<InvalidOperationException>(() => referring.StoreReference(Cell.Empty));
    }

    [Fact]
    public void Builder_ValueThatItsFieldCantHold_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CellBuilder().StoreUInt(8, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CellBuilder().StoreInt(4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CellBuilder().StoreInt(-5, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CellBuilder().StoreCoins(new Nano(-1)));
    }

    [Fact]
    public void Slice_FieldsAsWritten_AreReadBack()
    {
        Cell cell = new CellBuilder()
            .StoreInt(-4, 3)
            .StoreUInt(ulong.MaxValue, 64)
            .StoreCoins(new Nano(long.MaxValue))
            .StoreAddress(Sample.Address)
            .StoreAddress(null)
            .StoreMaybeReference(Cell.Empty)
            .StoreMaybeReference(null)
            .StoreBytes([1, 2, 3])
            .Build();
        CellSlice slice = cell.BeginRead();

        Assert.Equal(-4, slice.ReadInt(3, "a"));
        Assert.Equal(ulong.MaxValue, slice.ReadUInt(64, "b"));
        Assert.Equal(new Nano(long.MaxValue), slice.ReadCoins("c"));
        Assert.Equal(Sample.Address, slice.ReadAddress("d"));
        Assert.Null(slice.ReadAddress("e"));
        Assert.Equal(Cell.Empty, slice.ReadMaybeReference("f"));
        Assert.Null(slice.ReadMaybeReference("g"));
        Assert.Equal([1, 2, 3], slice.ReadBytes(3, "h"));
        slice.RequireEnd("end");
    }

    [Fact]
    public void Slice_PastTheEnd_NamesTheField()
    {
        CellSlice slice = new CellBuilder().StoreUInt(1, 8).Build().BeginRead();

        Assert.Equal("seqno", Assert.Throws<TonFormatException>(() => slice.ReadUInt32("seqno")).Field);
        Assert.Equal("body", Assert.Throws<TonFormatException>(() => slice.ReadReference("body")).Field);
        Assert.Equal("message", Assert.Throws<TonFormatException>(() => slice.RequireEnd("message")).Field);
    }

    /// <summary>Never cut: a wider amount would be another amount.</summary>
    [Fact]
    public void Slice_CoinsAbove63Bits_AreRefused()
    {
        Cell wider = new CellBuilder().StoreUInt(9, 4).StoreUInt(1, 8).StoreUInt(0, 64).Build();
        Cell sign = new CellBuilder().StoreUInt(8, 4).StoreUInt(1UL << 63, 64).Build();

        Assert.Equal("value", Assert.Throws<TonFormatException>(() => wider.BeginRead().ReadCoins("value")).Field);
        Assert.Equal("value", Assert.Throws<TonFormatException>(() => sign.BeginRead().ReadCoins("value")).Field);
    }

    [Fact]
    public void Slice_ExternalAnycastOrForeignAddress_IsRefused()
    {
        Cell external = new CellBuilder().StoreUInt(0b01, 2).StoreUInt(0, 9).Build();
        Cell anycast = new CellBuilder().StoreUInt(0b101, 3).StoreBytes(new byte[40]).Build();
        Cell workchain7 = new CellBuilder().StoreUInt(0b100, 3).StoreInt(7, 8).StoreBits256(default).Build();

        Assert.All([external, anycast, workchain7], cell =>
            Assert.Equal("to", Assert.Throws<TonFormatException>(() => cell.BeginRead().ReadAddress("to")).Field));
    }
}
