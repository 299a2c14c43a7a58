using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Cli.Demo;

/// <summary>Holds what the ledger's file says of a provider against what the chain paid it.</summary>
internal static class PayoutAudit
{
    /// <summary>Adds what was found to the result, with a check for each thing that must agree.</summary>
    /// <param name="ledgerFile">The book of a network that has stopped.</param>
    /// <param name="voucherKey">The operator's.</param>
    /// <param name="payout">What the chain said.</param>
    /// <param name="result">The result so far.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public static async Task<DemoResult> CheckAsync(string ledgerFile, PublicKey voucherKey, DemoPayout payout, DemoResult result, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddLogging().AddSqliteLedger(options => options.Path = ledgerFile).BuildServiceProvider();
        var earnings = await services.GetRequiredService<IProviderStore>().ReadEarningsAsync(payout.Provider, days: 1, cancellationToken);
        var job = await services.GetRequiredService<ILedger>().GetHoldAsync(result.JobId, cancellationToken);
        var earned = earnings?.Earned ?? Nano.Zero;
        var stored = await services.GetRequiredService<IChannelStore>().FindVoucherAsync(payout.Channel, cancellationToken);
        var voucher = stored is null ? null : SignedVoucher.Parse(stored.Bytes.Span);
        return (result with
        {
            Channel = payout.Channel,
            Voucher = stored is null ? null : new DemoVoucher(stored.Serial, stored.Cumulative.ToString()),
            PayoutTx = payout.Transaction,
            PayoutAddress = payout.Address,
            EarnedNano = earned.ToString(),
            FeeNano = payout.Fee.ToString(),
            OnChainNano = payout.OnChain.ToString(),
        })
            .With(new DemoCheck(
                "the job earned its provider all that the ledger says it has",
                job?.Capture is { } capture && capture.ProviderAccountId == payout.Provider && capture.ProviderAmount == earned && earned > Nano.Zero,
                $"{job?.Capture?.ProviderAmount} by the job, {earned} in all"))
            .With(new DemoCheck(
                "the operator's voucher promises exactly that, for this channel",
                voucher is not null && voucher.IsSignedBy(voucherKey) && voucher.Voucher.Channel.ToString() == payout.Channel && voucher.Voucher.Cumulative == earned,
                $"{voucher?.Voucher.Cumulative}"))
            .With(new DemoCheck(
                "the contract has paid exactly that, and the books owe nothing more",
                payout.Claimed == earned && earnings?.Charged == earned && earnings.Due == Nano.Zero,
                $"{payout.Claimed} claimed, {earnings?.Due} due"))
            .With(new DemoCheck(
                "the provider's address has it on the chain, to the nano, less the fee of the way",
                payout.Arrived == payout.OnChain && payout.OnChain + payout.Fee == earned,
                $"{payout.OnChain} + {payout.Fee} of {earned}"));
    }
}
