using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Vectors;

/// <summary>The same parties, channel and registry as in <c>contracts/vectors/generate.mjs</c>.</summary>
internal static class Sample
{
    public static SigningKey PayerKey { get; } = KeyOf("payer");

    public static SigningKey PayeeKey { get; } = KeyOf("payee");

    public static SigningKey[] OwnerKeys { get; } = [KeyOf("owner 0"), KeyOf("owner 1"), KeyOf("owner 2")];

    public static TonAddress Address { get; } = new(0, Filled(0x42));

    public static ChannelTerms Terms { get; } =
        new(Address, PayerKey.PublicKey, new TonAddress(-1, Filled(0x24)), PayeeKey.PublicKey, 86_400, 0x0123456789abcdef);

    public static Voucher Voucher { get; } =
        new(TonNetwork.Mainnet, Terms.Address, 10, new Nano(1_500_000_000), VoucherContext.Next(VoucherContext.First, HashOf("usage")));

    public static CooperativeClose Close { get; } = new(TonNetwork.Testnet, Terms.Address, new Nano(2_250_000_000), 1_764_000_600);

    public static RegistryOwners Owners { get; } =
        new(2, OwnerKeys.Select((key, number) => (Key: key.PublicKey, Number: (byte)number)).ToDictionary(owner => owner.Number, owner => owner.Key));

    public static RegistryParameters Parameters { get; } = new(ContractCode.Channel.Hash, 3600, 604_800, 100_000, new Nano(500_000_000));

    public static WalletV4R2 WalletV4 { get; } = new(PayerKey.PublicKey);

    public static WalletV5R1 WalletV5 { get; } = new(PayerKey.PublicKey, TonNetwork.Mainnet);

    /// <summary>A key of tests: its seed is the hash of a word.</summary>
    public static SigningKey KeyOf(string word) => new(SHA256.HashData(Encoding.UTF8.GetBytes(word)));

    public static Bits256 HashOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static Bits256 Filled(byte value) => new(Enumerable.Repeat(value, 32).ToArray());
}
