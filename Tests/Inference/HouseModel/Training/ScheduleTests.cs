using CocoonOrleans.HouseModel.Training;

namespace CocoonOrleans.Tests.Inference.HouseModel.Training;

public sealed class ScheduleTests
{
    private static readonly Schedule Rates = new(1, Steps: 1_000, DecaySteps: 400);

    [Fact]
    public void Rate_InTheMiddle_IsThePeak() => Assert.All([Schedule.WarmUpSteps, 300, 600], step => Assert.Equal(1, Rates[step], 12));

    [Fact]
    public void Rate_HalfWayDown_IsHalf() => Assert.Equal(0.51, Rates[800], 6);

    [Fact]
    public void Rate_AtTheEnd_IsAFiftieth() => Assert.Equal(0.02, Rates[1_000], 6);
}
