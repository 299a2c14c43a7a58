using System.Text.Json;
using CocoonOrleans.Market;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market;

public sealed class NanoTests
{
    [Fact]
    public void Plus_Overflow_Throws() => Assert.Throws<OverflowException>(() => new Nano(long.MaxValue) + new Nano(1));

    [Fact]
    public void Minus_Overflow_Throws() => Assert.Throws<OverflowException>(() => new Nano(long.MinValue) - new Nano(1));

    [Fact]
    public void Negate_SmallestInteger_Throws() => Assert.Throws<OverflowException>(() => -new Nano(long.MinValue));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1_500_000, "0.0015")]
    [InlineData(12_000_000_000, "12")]
    [InlineData(1, "0.000000001")]
    [InlineData(-2_500_000_000, "-2.5")]
    public void ToCoinString_Amount_HasNoMoreDecimalsThanNeeded(long nano, string expected) => Assert.Equal(expected, new Nano(nano).ToCoinString());

    [Fact]
    public void Json_AnyAmount_IsADecimalStringAndComesBack() => Gen.Long.Sample(value =>
    {
        string json = JsonSerializer.Serialize(new Nano(value));
        return json == $"\"{value}\"" && JsonSerializer.Deserialize<Nano>(json) == new Nano(value);
    });

    [Theory]
    [InlineData("1")]
    [InlineData("\"1.5\"")]
    [InlineData("\"9223372036854775808\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void Json_NoDecimalString_IsRefused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Nano>(json));
}
