using CocoonOrleans.Grains.Solvency;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Solvency;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>The operator's addresses on TON, and its wallet's signature under what it states of them.</summary>
internal sealed class TonSolvencyChain(TonChain chain, OperatorWallet wallet, IOptions<OperatorWalletOptions> options) : ISolvencyChain
{
    public int Network => chain.Network;

    public PublicKey Key => wallet.Wallet.Key;

    public int Subwallet => options.Value.Subwallet;

    public async Task<SolvencyReading> ReadAsync(IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<AccountState> states = await chain.GetAccountsTogetherAsync([.. addresses.Select(address => TonAddress.ParseRaw(address))], cancellationToken);
            return new SolvencyReading(
                states.Count == 0 ? 0 : states[0].Seqno,
                states.Count == 0 ? 0 : states[0].Time,
                [
                    .. states.Select(state => new ReadAccount(
                        checked((long)(state.LastTransaction?.Lt ?? 0)), state.Balance, state.Code?.Hash.ToArray(), state.Data is { } data ? Boc.Write(data) : null)),
                ]);
        }
        catch (Exception failed) when (failed is ChainException or TonFormatException or OverflowException)
        {
            throw new ChainUnavailableException(failed.Message, failed);
        }
    }

    public Signature Sign(SolvencyStatement statement) => statement.Network == Network
        ? statement.Sign(wallet.Key)
        : throw new ArgumentException("A statement of another network.", nameof(statement));
}
