using CocoonOrleans.HouseModel.Text;

namespace CocoonOrleans.Tests.Inference.HouseModel.Text;

/// <summary>The sums that <c>cocoon demo</c> draws from.</summary>
public sealed class HeldOutSumsTests
{
    [Fact]
    public void HeldOutSums_TheListOfTheModel_IsEverySumThatTrainingNeverSees()
    {
        var sums = Enumerable.Range(0, 100).SelectMany(a => Enumerable.Range(0, 100).Select(b => $"{a}+{b}")).Where(HeldOut.Contains);

        Assert.Equal(sums, File.ReadLines(Path.Combine(HouseModelFolder.Path, "held-out-sums.txt")));
    }
}
