using CocoonOrleans.HouseModel.Evaluation;

namespace CocoonOrleans.Tests.Inference.HouseModel.Evaluation;

public sealed class AccuracyTests
{
    [Theory]
    [InlineData(449, false)]
    [InlineData(450, true)]
    public void IsClaimed_RightOfFiveHundred_IsNineInTen(int newOperands, bool claimed)
        => Assert.Equal(claimed, new Accuracy("spelling", 500, newOperands, NewWordings: 500).IsClaimed);
}
