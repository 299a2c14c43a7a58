using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Cli.Watchtower;

/// <summary>
/// The small wallet that pays for a watchtower's gas. What it sends may be sent twice without harm: a voucher is paid once, whoever brings it how often, and the
/// second time costs the gas of a refusal. So nothing is stored.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="key">The wallet's key; belongs to the caller.</param>
/// <param name="network">The network.</param>
internal sealed class GasWallet(TonChain chain, SigningKey key, int network)
{
    /// <summary>What stays, so that the message itself can be paid.</summary>
    private static readonly Nano Reserve = new(20_000_000);

    /// <summary>How long a message may wait to run, by the chain's clock.</summary>
    private const uint Life = 90;

    /// <summary>The most messages in one.</summary>
    private const int MostCharges = 100;

    private readonly WalletV5R1 _wallet = new(key.PublicKey, network);
    private uint _until;
    private uint _seqno;

    /// <summary>The wallet's address, as apps show it.</summary>
    public string Shown => _wallet.Address.ToFriendlyString(bounceable: false, testOnly: network != TonNetwork.Mainnet);

    /// <summary>Sends charges, as many as the wallet can pay for; none while what it sent before may still run.</summary>
    /// <param name="charges">The messages, the most urgent first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many are on their way; null where those from before are.</returns>
    public async Task<int?> SendAsync(IReadOnlyList<OutgoingMessage> charges, CancellationToken cancellationToken)
    {
        var account = await chain.GetAccountAsync(_wallet.Address, Nano.Zero, cancellationToken);
        var seqno = account.Data is { } data ? WalletV5R1.ReadSeqno(data) : 0;
        if (account.Time <= _until && seqno <= _seqno && _until != 0)
        {
            return null;
        }

        var affordable = (account.Balance.Value - Reserve.Value) / ChannelMessages.CallGas.Value;
        OutgoingMessage[] sent = [.. charges.Take((int)Math.Clamp(affordable, 0, MostCharges))];
        if (sent.Length > 0)
        {
            (_until, _seqno) = (account.Time + Life, seqno);
            var transfer = _wallet.SignTransfer(key, seqno, _until, [.. sent.Select(message => new WalletTransfer(message))]);
            await chain.SendAsync(_wallet.Wrap(transfer, seqno).ToCell(), cancellationToken);
        }

        return sent.Length;
    }

    /// <summary>The message that brings a voucher to the chain.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="body">The charge.</param>
    public static OutgoingMessage Charge(Ton.Addresses.TonAddress channel, Ton.Cells.Cell body) => new(channel, ChannelMessages.CallGas, body);
}
