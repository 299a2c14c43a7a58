using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Deposits;

/// <summary>Tells clients how to pay in and what arrived, and lets the operator settle what waits. It keeps nothing.</summary>
[StatelessWorker]
internal sealed class DepositDeskGrain(ILedger ledger, IDepositStore store, ISolvencyStore proofs, DepositWallet wallet, IOptions<DepositOptions> options) : Grain, IDepositDeskGrain
{
    private const int MaxListed = 100;
    private const int MemoDraws = 4;

    public async Task<DepositInstructions> GetInstructionsAsync(string accountId, CancellationToken cancellationToken)
    {
        DepositInstructions none = new(DepositAvailability.NotAccepted, "", 0, "", Nano.Zero, Nano.Zero, Nano.Zero);
        if (!options.Value.Accept || wallet.Network is not { } network)
        {
            return none;
        }

        if (await proofs.FindProofAsync(withLeaves: false, cancellationToken) is { } proof && proof.Assets < proof.Liabilities)
        {
            return none with { Availability = DepositAvailability.Insolvent };
        }

        string? address;
        try
        {
            address = await wallet.FindAsync(cancellationToken);
        }
        catch (ChainUnavailableException)
        {
            address = null;
        }

        if (address is null)
        {
            return none with { Availability = DepositAvailability.NotYet };
        }

        if (await ledger.GetAccountAsync(accountId, cancellationToken) is not { ClosedAt: null } account || await FindMemoAsync(accountId, cancellationToken) is not { } memo)
        {
            return none with { Availability = DepositAvailability.NoAccount };
        }

        return new DepositInstructions(
            DepositAvailability.Open, address, network, memo, new Nano(options.Value.LeastNano), new Nano(options.Value.CapNano), account.Balance);
    }

    public async Task<IReadOnlyList<DepositView>> ListAsync(string accountId, CancellationToken cancellationToken) =>
        [.. (await store.ListDepositsAsync(accountId, onlySuspense: false, MaxListed, cancellationToken)).Select(View)];

    public async Task<IReadOnlyList<DepositView>> ListSuspenseAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListDepositsAsync(accountId: null, onlySuspense: true, LedgerLimits.MaxPageSize, cancellationToken)).Select(View)];

    public Task<DepositSettlement> AssignAsync(long deposit, string accountId, CancellationToken cancellationToken) =>
        SettleAsync(new AssignDeposit(deposit, accountId), cancellationToken);

    public Task<DepositSettlement> RefundAsync(long deposit, string destination, CancellationToken cancellationToken)
    {
        string raw;
        try
        {
            raw = TonAddress.Parse(destination, wallet.Network ?? TonNetwork.Mainnet).ToString();
        }
        catch (TonFormatException)
        {
            return Task.FromResult(new DepositSettlement(DepositSettlementStatus.Invalid, null));
        }

        return SettleAsync(new RefundDeposit(deposit, raw, Boc.Write(PaymentNote.OfRefund(deposit))), cancellationToken);
    }

    private async Task<DepositSettlement> SettleAsync(LedgerOperation operation, CancellationToken cancellationToken) =>
        (await ledger.ExecuteAsync([operation], cancellationToken))[0] switch
        {
            DepositSettled settled => new DepositSettlement(DepositSettlementStatus.Settled, View(settled.Deposit)),
            DepositRefused { Deposit: { } deposit } => new DepositSettlement(DepositSettlementStatus.SettledOtherwise, View(deposit)),
            DepositRefused => new DepositSettlement(DepositSettlementStatus.UnknownDeposit, null),
            AccountRefused => new DepositSettlement(DepositSettlementStatus.AccountRefused, null),
            _ => new DepositSettlement(DepositSettlementStatus.Invalid, null),
        };

    private async Task<string?> FindMemoAsync(string accountId, CancellationToken cancellationToken)
    {
        for (int draw = 0; draw < MemoDraws; draw++)
        {
            switch ((await ledger.ExecuteAsync([new CreateDepositMemo(accountId, DepositMemo.Create())], cancellationToken))[0])
            {
                case DepositMemoGiven given:
                    return given.Memo;
                case IdReused:
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }

    private static DepositView View(Deposit deposit) => new(
        deposit.Sequence,
        deposit.Wallet,
        deposit.Lt,
        deposit.Hash.ToArray(),
        deposit.Source,
        deposit.Amount,
        deposit.Comment,
        deposit.AccountId,
        deposit.State.ToString().ToLowerInvariant(),
        deposit.Reason is { } reason ? Word(reason) : null,
        deposit.CreatedAt,
        deposit.EndedAt);

    private static string Word(SuspenseReason reason) => reason switch
    {
        SuspenseReason.NoMemo => "no_memo",
        SuspenseReason.UnknownMemo => "unknown_memo",
        SuspenseReason.Encrypted => "encrypted_memo",
        SuspenseReason.TooSmall => "below_least",
        SuspenseReason.AboveCap => "above_cap",
        _ => "account_closed",
    };
}
