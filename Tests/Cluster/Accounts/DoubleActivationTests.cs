using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Accounts;

/// <summary>Two activations of one account are two writers on one book: each silo's ledger stands for one.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class DoubleActivationTests(TwoSilos silos) : ClusterTest(silos)
{
    [Fact]
    public async Task Holds_FromTwoLedgersAtOnce_NeverExceedTheBalance()
    {
        const long amount = TwoSilos.Grant / 10;
        Payer payer = await CreatePayerAsync();

        LedgerResult[] results = await Task.WhenAll(Silos.Ledgers.SelectMany(
            ledger => Enumerable.Range(0, 10).Select(_ => HoldAsync(ledger, payer, amount))));

        Assert.Equal(10, results.Count(result => result is HoldPlaced));
        Assert.Equal(10, results.Count(result => result is InsufficientBalance));
        Assert.Equal((TwoSilos.Grant, 10 * amount), await ReadAsync(payer.AccountId));
    }

    private async Task<LedgerResult> HoldAsync(ILedger ledger, Payer payer, long amount)
    {
        var hold = new PlaceHold
        {
            JobId = Guid.NewGuid(),
            AccountId = payer.AccountId,
            ApiKeyId = payer.Key.KeyId,
            Amount = new Nano(amount),
            ExpiresAt = Now + TimeSpan.FromMinutes(5),
            RequestHash = new byte[32],
            Model = Sample.Model,
            PromptTokens = 1,
            MaxCompletionTokens = 1,
            PriceCap = Sample.Price,
        };
        return Assert.Single(await ledger.ExecuteAsync([hold], CancellationToken.None));
    }
}
