using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Tests.Settlement.Cells;

/// <summary>Bags of cells that are refused, each for the reason that it names.</summary>
public sealed class BocTests
{
    // magic, flags and place size, offset size, cells, roots, absent, content length, root, then two cells: the first refers to the second.
    private const string Header = "b5ee9c72" + "01" + "01";
    private const string TwoCells = "0100" + "01" + "0000";

    [Fact]
    public void Parse_SmallestBag_IsRead() =>
        Assert.Equal(1, Boc.Parse(Convert.FromHexString(Header + "02" + "01" + "00" + "05" + "00" + TwoCells)).Depth);

    [Theory]
    [InlineData("boc.magic", "")]
    [InlineData("boc.magic", "b5ee9c73" + "01" + "01" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.flags", "b5ee9c72" + "21" + "01" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.flags", "b5ee9c72" + "11" + "01" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.place size", "b5ee9c72" + "00" + "01" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.place size", "b5ee9c72" + "05" + "01" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.offset size", "b5ee9c72" + "01" + "00" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.offset size", "b5ee9c72" + "01" + "09" + "02" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.count", Header + "00" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.count", Header + "ff" + "01" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.count", "b5ee9c72" + "04" + "01" + "ffffffff" + "00000001" + "00000000" + "05" + "00000000" + TwoCells)]
    [InlineData("boc.roots", Header + "02" + "02" + "00" + "05" + "00" + TwoCells)]
    [InlineData("boc.roots", Header + "02" + "01" + "01" + "05" + "00" + TwoCells)]
    [InlineData("boc.content length", Header + "02" + "01" + "00" + "06" + "00" + TwoCells)]
    [InlineData("boc.content length", Header + "02" + "01" + "00" + "05" + "00" + TwoCells + "00")]
    [InlineData("boc.content length", Header + "02" + "01" + "00" + "05" + "00" + "0100" + "01" + "00")]
    [InlineData("boc.root", Header + "02" + "01" + "00" + "05" + "01" + TwoCells)]
    [InlineData("boc.checksum", "b5ee9c72" + "41" + "01" + "02" + "01" + "00" + "05" + "00" + TwoCells + "00000000")]
    [InlineData("boc.index", "b5ee9c72" + "81" + "01" + "02" + "01" + "00" + "05" + "00" + "0405" + TwoCells)]
    [InlineData("boc.reference", Header + "02" + "01" + "00" + "05" + "00" + "0100" + "00" + "0000")]
    [InlineData("boc.reference", Header + "02" + "01" + "00" + "05" + "00" + "0100" + "02" + "0000")]
    [InlineData("boc.cells", Header + "02" + "01" + "00" + "04" + "00" + "0000" + "0000")]
    [InlineData("boc.cells", Header + "02" + "01" + "00" + "06" + "00" + TwoCells + "00")]
    [InlineData("boc.cell", Header + "01" + "01" + "00" + "02" + "00" + "0500")]
    [InlineData("boc.cell", Header + "01" + "01" + "00" + "02" + "00" + "1000")]
    [InlineData("boc.cell", Header + "01" + "01" + "00" + "03" + "00" + "000100")]
    [InlineData("boc.cell", Header + "01" + "01" + "00" + "03" + "00" + "000180")]
    [InlineData("boc.cell", Header + "01" + "01" + "00" + "02" + "00" + "0002")]
    [InlineData("boc.level", Header + "01" + "01" + "00" + "02" + "00" + "2000")]
    [InlineData("cell.kind", Header + "01" + "01" + "00" + "02" + "00" + "0800")]
    public void Parse_AnythingElse_IsRefusedByName(string field, string boc) =>
        Assert.Equal(field, Assert.Throws<TonFormatException>(() => Boc.Parse(Convert.FromHexString(boc))).Field);

    [Fact]
    public void Parse_MoreBytesThanAnExternalMay_IsRefusedBeforeAnythingElse()
    {
        byte[] bytes = new byte[BocLimits.External.MaxBytes + 1];

        Assert.Equal("boc", Assert.Throws<TonFormatException>(() => Boc.Parse(bytes, BocLimits.External)).Field);
    }

    [Fact]
    public void Parse_MoreCellsThanAllowed_IsRefused()
    {
        byte[] boc = Boc.Write(SampleCells.Make("chain40"));

        Assert.Equal("boc.count", Assert.Throws<TonFormatException>(() => Boc.Parse(boc, new BocLimits(65_535, 40))).Field);
        Assert.Equal(40, Boc.Parse(boc, new BocLimits(65_535, 41)).Depth);
    }

    [Fact]
    public void Parse_DeeperThanAllowed_IsRefused()
    {
        // 1,026 cells in a row: one more than a depth of 1,024 has.
        var content = new List<byte>();
        for (int i = 1; i < 1026; i++)
        {
            content.AddRange([1, 0, (byte)(i >> 8), (byte)(i & 0xff)]);
        }

        content.AddRange([0, 0]);
        byte[] boc = [0xb5, 0xee, 0x9c, 0x72, 2, 2, 4, 2, 0, 1, 0, 0, (byte)(content.Count >> 8), (byte)(content.Count & 0xff), 0, 0, .. content];

        Assert.Equal("cell.depth", Assert.Throws<TonFormatException>(() => Boc.Parse(boc)).Field);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("?")]
    [InlineData("te6cc===")]
    public void ParseBase64_OtherText_NamesTheField(string? text) =>
        Assert.Equal("data", Assert.Throws<TonFormatException>(() => Boc.ParseBase64(text, "data")).Field);

    [Fact]
    public void ParseBase64_OfWriteBase64_IsTheCell() =>
        Assert.Equal(SampleCells.Make("charge"), Boc.ParseBase64(Boc.WriteBase64(SampleCells.Make("charge")), "data"));
}
