using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Tests.Settlement.Messages;

public sealed class TextCommentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("C-ABCDEFGHIJ")]
    [InlineData("привет, мир")]
    public void Find_InWhatToCellMade_IsTheText(string text) => Assert.Equal(text, TextComment.Find(TextComment.ToCell(text)));

    [Fact]
    public void Find_LongestText_IsTheText()
    {
        string text = new('y', 4_096);

        Assert.Equal(text, TextComment.Find(TextComment.ToCell(text)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextComment.ToCell(text + "y"));
    }

    [Fact]
    public void Find_InOtherBodies_IsNothing()
    {
        Cell encrypted = new CellBuilder().StoreUInt(0x2167da4b, 32).StoreBytes("C-ABCDEFGHIJ"u8).Build();
        Cell jetton = new CellBuilder().StoreUInt(0x7362d09c, 32).StoreUInt(0, 64).Build();
        Cell notText = new CellBuilder().StoreUInt(0, 32).StoreUInt(0xff, 8).Build();
        Cell notBytes = new CellBuilder().StoreUInt(0, 33).Build();
        Cell tooLong = Enumerable.Range(0, 40).Aggregate(new CellBuilder().StoreBytes(new byte[120]).Build(), (tail, _) =>
            new CellBuilder().StoreBytes(new byte[120]).StoreReference(tail).Build());

        Assert.All([Cell.Empty, encrypted, jetton, notText, notBytes, tooLong, SampleCells.Make("library")], body => Assert.Null(TextComment.Find(body)));
    }
}
