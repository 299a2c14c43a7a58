using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton.Cells;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Settlement.Cells;

public sealed class BocFuzzTests(ITestOutputHelper output)
{
    /// <summary>What was read must be written again and be the same cell.</summary>
    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void Boc_Fuzz_NeverCrashes()
    {
        // Without check sums, which would refuse nearly all that is broken before anything else is looked at.
        byte[][] samples =
        [
            .. GoldenVectors.All.Cells.Values.SelectMany(cell => new[] { cell.Plain, cell.Indexed }).Select(Convert.FromHexString).Where(boc => boc.Length < 4_096),
        ];
        (int read, int refused) = new Fuzz(output).Run(samples, bytes =>
        {
            Cell cell = Boc.Parse(bytes);
            Assert.Equal(cell, Boc.Parse(Boc.Write(cell)));
        });

        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }
}
