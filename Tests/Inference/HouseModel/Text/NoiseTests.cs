using CocoonOrleans.HouseModel.Text;

namespace CocoonOrleans.Tests.Inference.HouseModel.Text;

public sealed class NoiseTests
{
    [Fact]
    public void Apply_AnyDice_KeepsEverySlot()
    {
        var (noise, dice) = (new Noise(withSlips: true), new Dice(2));

        Assert.All(Enumerable.Range(0, 2_000), _ =>
        {
            var text = noise.Apply(dice, "take {a} away from {name}, my friend.", framed: true);
            Assert.Contains("{a}", text);
            Assert.Contains("{name}", text);
        });
    }

    [Fact]
    public void Apply_SameDice_GivesTheSameText()
    {
        var noise = new Noise(withSlips: true);

        Assert.Equal(noise.Apply(new Dice(9), "what is {x}?", framed: true), noise.Apply(new Dice(9), "what is {x}?", framed: true));
    }
}
