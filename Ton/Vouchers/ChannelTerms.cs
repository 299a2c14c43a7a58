using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// What two parties agree on before a channel exists. Its address is computed from them, so both sides compute it and accept no other.
/// </summary>
public sealed record ChannelTerms
{
    private readonly Lazy<StateInit> _init;

    /// <param name="payerAddress">Where what is left goes, and who may close and withdraw.</param>
    /// <param name="payerKey">Signs vouchers; never a wallet's key.</param>
    /// <param name="payeeAddress">Where payments go.</param>
    /// <param name="payeeKey">Signs closes.</param>
    /// <param name="closeDelay">How long the payer waits, in seconds.</param>
    /// <param name="salt">Fresh and random: a channel at an address that was used before would be a closed one.</param>
    /// <exception cref="TonFormatException">The keys are equal, or one is zero: then one party could sign for both, or anyone.</exception>
    public ChannelTerms(TonAddress payerAddress, PublicKey payerKey, TonAddress payeeAddress, PublicKey payeeKey, uint closeDelay, ulong salt)
    {
        ArgumentNullException.ThrowIfNull(payerAddress);
        ArgumentNullException.ThrowIfNull(payeeAddress);
        RequireKey(payerKey, "channel.payer key");
        RequireKey(payeeKey, "channel.payee key");
        if (payerKey == payeeKey)
        {
            throw new TonFormatException("channel.payee key", "the keys of payer and payee are equal");
        }

        PayerAddress = payerAddress;
        PayerKey = payerKey;
        PayeeAddress = payeeAddress;
        PayeeKey = payeeKey;
        CloseDelay = closeDelay;
        Salt = salt;
        _init = new Lazy<StateInit>(() => new StateInit(ContractCode.Channel, FirstData()));
    }

    /// <summary>Where what is left goes, and who may close and withdraw.</summary>
    public TonAddress PayerAddress { get; }

    /// <summary>Signs vouchers.</summary>
    public PublicKey PayerKey { get; }

    /// <summary>Where payments go.</summary>
    public TonAddress PayeeAddress { get; }

    /// <summary>Signs closes.</summary>
    public PublicKey PayeeKey { get; }

    /// <summary>How long the payer waits, in seconds.</summary>
    public uint CloseDelay { get; }

    /// <summary>Makes the address fresh.</summary>
    public ulong Salt { get; }

    /// <summary>Code and first data: what deploys the channel.</summary>
    public StateInit Init => _init.Value;

    /// <summary>The channel's address.</summary>
    public TonAddress Address => Init.AddressIn();

    /// <summary>Whether all terms are the same.</summary>
    public bool Equals(ChannelTerms? other) => other is not null
        && PayerAddress == other.PayerAddress && PayerKey == other.PayerKey
        && PayeeAddress == other.PayeeAddress && PayeeKey == other.PayeeKey
        && CloseDelay == other.CloseDelay && Salt == other.Salt;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PayerAddress, PayerKey, PayeeAddress, PayeeKey, CloseDelay, Salt);

    internal Cell PartiesCell() => new CellBuilder()
        .StoreAddress(PayerAddress)
        .StoreBits256(PayerKey.Bits)
        .StoreReference(new CellBuilder().StoreAddress(PayeeAddress).StoreBits256(PayeeKey.Bits).Build())
        .Build();

    private Cell FirstData() => new CellBuilder()
        .StoreUInt((ulong)ChannelPhase.Open, 2)
        .StoreCoins(Nano.Zero)
        .StoreCoins(Nano.Zero)
        .StoreCoins(Nano.Zero)
        .StoreCoins(Nano.Zero)
        .StoreUInt(0, 32)
        .StoreUInt(CloseDelay, 32)
        .StoreUInt(Salt, 64)
        .StoreReference(PartiesCell())
        .Build();

    private static void RequireKey(PublicKey key, string field)
    {
        if (key.Bits.IsZero)
        {
            throw new TonFormatException(field, "the key is zero");
        }
    }
}
