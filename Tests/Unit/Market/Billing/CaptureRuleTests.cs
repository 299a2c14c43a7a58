using CocoonOrleans.Market;
using CocoonOrleans.Market.Billing;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Billing;

public sealed class CaptureRuleTests
{
    private static readonly TokenPrices Price = new(new Nano(1_000_000), new Nano(500_000), new Nano(2_000_000));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(199, 2)]
    [InlineData(299, 2)]
    [InlineData(300, 3)]
    [InlineData(10_000, 100)]
    public void CompletionTolerance_Count_IsTwoTokensOrOnePercent(long counted, long expected) =>
        Assert.Equal(expected, CaptureRule.CompletionTolerance(counted));

    [Fact]
    public void Billable_WorkerReportsMore_IsCutToTheCountAndItsTolerance() =>
        Assert.Equal(new TokenUsage(100, 100, 52, 52), CaptureRule.Billable(new TokenUsage(120, 110, 500, 400), 100, 50));

    [Fact]
    public void Billable_WorkerReportsLess_IsItsReport() =>
        Assert.Equal(new TokenUsage(80, 10, 40, 5), CaptureRule.Billable(new TokenUsage(80, 10, 40, 5), 100, 50));

    [Fact]
    public void Billable_GatewayCannotCount_IsTheReport() =>
        Assert.Equal(new TokenUsage(80, 10, 40, 5), CaptureRule.Billable(new TokenUsage(80, 10, 40, 5), 100, null));

    [Fact]
    public void Billable_AnyReport_IsValidAndNeverAboveReportNorCount() =>
        Gen.Select(Gen.Long[0, 10_000], Gen.Long[0, 10_000], Gen.Long[0, 10_000], Gen.Long[0, 10_000], Gen.Long[0, 10_000], Gen.Long[0, 10_000])
            .Sample((prompt, cached, completion, reasoning, countedPrompt, counted) =>
            {
                var reported = new TokenUsage(prompt, Math.Min(cached, prompt), completion, Math.Min(reasoning, completion));
                TokenUsage billable = CaptureRule.Billable(reported, countedPrompt, counted);
                return billable.IsValid
                    && billable.Prompt <= Math.Min(prompt, countedPrompt)
                    && billable.Completion <= Math.Min(completion, counted + CaptureRule.CompletionTolerance(counted));
            });

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(150, 150)]
    [InlineData(0, 0)]
    public void Amount_Charge_IsCutAtTheHold(long hold, long expected) =>
        Assert.Equal(new Nano(expected), CaptureRule.Amount(new Nano(hold), Price, new TokenUsage(100, 0, 50)));
}
