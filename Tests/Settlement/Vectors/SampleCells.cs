using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Vectors;

/// <summary>Every cell of the golden vectors, made by our own library, under the same name.</summary>
internal static class SampleCells
{
    private const uint ValidUntil = 1_764_000_060;

    private static readonly Dictionary<string, Func<Cell>> Makers = new()
    {
        ["empty"] = () => Cell.Empty,
        ["u32"] = () => New().StoreUInt(0xdeadbeef, 32).Build(),
        ["bits5"] = () => New().StoreUInt(0b10110, 5).Build(),
        ["bits1023"] = () => Enumerable.Range(0, 1023).Aggregate(New(), (builder, i) => builder.StoreBit(i * 7 % 3 == 0)).Build(),
        ["refs4"] = FourReferences,
        ["coins"] = () => new[] { 0, 1, 255, 256, 1_500_000_000, long.MaxValue }.Aggregate(New(), (builder, value) => builder.StoreCoins(new Nano(value))).Build(),
        ["ints"] = () => New().StoreInt(-1, 8).StoreInt(-123456789, 33).StoreInt(long.MinValue, 64).StoreUInt(ulong.MaxValue, 64).Build(),
        ["addresses"] = () => New().StoreAddress(new TonAddress(0, Sample.Filled(0x11))).StoreAddress(new TonAddress(-1, Sample.Filled(0xee))).StoreAddress(null).Build(),
        ["comment"] = () => TextComment.ToCell(new string('x', 300) + " привет"),
        ["library"] = () => New().StoreUInt(2, 8).StoreBits256(Sample.Filled(9)).Build(exotic: true),
        ["shared"] = Shared,
        ["chain40"] = () => Chain(40, 9),
        ["chain1024"] = () => Chain(1024, 11),

        ["prunedLevel1"] = () => Pruned(1, ("a", 3)),
        ["prunedLevels1And2"] = () => Pruned(3, ("a", 3), ("b", 4)),
        ["prunedLevels1To3"] = () => Pruned(7, ("a", 3), ("b", 4), ("c", 1000)),
        ["overPruned"] = () => New().StoreUInt(1, 4).StoreReference(Make("prunedLevel1")).StoreReference(Make("u32")).Build(),
        ["overPrunedTwice"] = () => New().StoreUInt(2, 4).StoreReference(Make("prunedLevels1And2")).StoreReference(Make("prunedLevels1To3")).Build(),
        ["proof"] = () => Proof(Make("overPruned")),
        ["update"] = () => Update(Make("overPruned"), New().StoreReference(Make("prunedLevel1")).Build()),
        ["proofInProof"] = () => Proof(New().StoreUInt(3, 4).StoreReference(Proof(Make("overPrunedTwice"))).Build()),

        ["dictionary0"] = () => New().StoreMaybeReference(new CellDictionary(32).Write()).Build(),
        ["dictionary1"] = () => Dictionary(32, (d, i) => d.Set(7, UInt16(700)), 1),
        ["dictionary1000"] = () => Dictionary(32, (d, i) => d.Set((ulong)i * 2654435761 & uint.MaxValue, UInt16(i)), 1000),
        ["dictionary1000Hashes"] = () => Dictionary(256, (d, i) => d.Set(Sample.HashOf($"key {i}"), New().StoreReference(UInt16(i)).Build()), 1000),
        ["dictionary15Bits"] = () => Dictionary(15, (d, i) => d.Set((ulong)(i * 17), UInt8(i)), 40),
        ["dictionary4Bits"] = () => Dictionary(4, (d, i) => d.Set((ulong)i, UInt8(i)), 16),
        ["dictionary1Bit"] = () => Dictionary(1, (d, i) => d.Set(1, UInt8(5)), 1),

        ["channelData"] = () => Sample.Terms.Init.Data!,
        ["channelInit"] = () => Sample.Terms.Init.ToCell(),
        ["voucher"] = () => Sample.Voucher.ToCell(),
        ["close"] = () => Sample.Close.ToCell(),
        ["topUp"] = () => ChannelMessages.TopUp(1, Nano.FromCoins(5)),
        ["charge"] = () => ChannelMessages.Charge(2, Sample.Voucher.Sign(Sample.PayerKey)),
        ["closeBoth"] = () => ChannelMessages.CloseBoth(3, Sample.Close, Sample.Close.Sign(Sample.PayerKey), Sample.Close.Sign(Sample.PayeeKey)),
        ["startClose"] = () => ChannelMessages.StartClose(4),
        ["finishClose"] = () => ChannelMessages.FinishClose(5),
        ["askWithdraw"] = () => ChannelMessages.AskWithdraw(6, new Nano(1_250_000_000)),
        ["doWithdraw"] = () => ChannelMessages.DoWithdraw(7),

        ["owners"] = () => Sample.Owners.ToCell(),
        ["parameters"] = () => Sample.Parameters.ToCell(),
        ["image"] = () => new RegistryImage(1, 5, uint.MaxValue, "worker image").ToCell(),
        ["model"] = () => new RegistryModel("house").ToCell(),
        ["gateway"] = () => new RegistryGateway(1_764_000_600, "gateway.example:443").ToCell(),
        ["registryData"] = () => RegistryInit().Data!,
        ["proposal"] = () => Proposal().ToCell(),
        ["removal"] = () => (Proposal() with { Kind = RegistryChangeKind.RemoveImage, Value = null }).ToCell(),
        ["veto"] = () => Veto().ToCell(),
        ["propose"] = () => RegistryMessages.Propose(1, Proposal(), Signed(Proposal().ToCell(), 0, 2)),
        ["apply"] = () => RegistryMessages.Apply(2, Proposal()),
        ["cancel"] = () => RegistryMessages.Cancel(3, Veto(), Signed(Veto().ToCell(), 1, 2)),

        ["messageDeploy"] = () => Deploy().ToCell(),
        ["messagePlain"] = () => Plain().ToCell(),
        ["messageLarge"] = () => new OutgoingMessage(Sample.Address, new Nano(1), FourReferences(), Init: Sample.Terms.Init).ToCell(),
        ["v4Transfer"] = () => Sample.WalletV4.SignTransfer(Sample.PayerKey, 3, ValidUntil, [new WalletTransfer(Deploy()), new WalletTransfer(Plain())]),
        ["v5Transfer"] = () => Sample.WalletV5.SignTransfer(Sample.PayerKey, 3, ValidUntil, [new WalletTransfer(Deploy()), new WalletTransfer(Plain())]),
        ["v5Transfer255"] = () => Sample.WalletV5.SignTransfer(Sample.PayerKey, 3, ValidUntil, [.. Enumerable.Repeat(new WalletTransfer(Plain()), 255)]),
        ["externalV4"] = () => Sample.WalletV4.Wrap(Make("v4Transfer"), seqno: 3).ToCell(),
        ["externalV5WithInit"] = () => Sample.WalletV5.Wrap(Make("v5Transfer"), seqno: 0).ToCell(),
    };

    public static IEnumerable<string> Names => Makers.Keys;

    public static Cell Make(string name) => Makers[name]();

    public static StateInit RegistryInit() => RegistryState.FirstInit(Sample.Owners, 172_800, Sample.Parameters);

    public static RegistryProposal Proposal() => new(
        TonNetwork.Development,
        RegistryInit().AddressIn(),
        3,
        1_764_000_600,
        RegistryChangeKind.PutImage,
        new Bits256([.. new byte[31], 111]),
        new RegistryImage(1, 5, uint.MaxValue, "worker image").ToCell());

    private static CellBuilder New() => new();

    private static RegistryVeto Veto() => new(TonNetwork.Development, RegistryInit().AddressIn(), 3, 1_764_000_600);

    private static Dictionary<byte, Signature> Signed(Cell cell, params byte[] owners) =>
        owners.ToDictionary(owner => owner, owner => Sample.OwnerKeys[owner].Sign(cell));

    private static OutgoingMessage Deploy() =>
        new(Sample.Terms.Address, new Nano(5_050_000_000), ChannelMessages.TopUp(1, Nano.FromCoins(5)), Init: Sample.Terms.Init);

    private static OutgoingMessage Plain() => new(Sample.Address, new Nano(50_000_000), TextComment.ToCell("thanks"), Bounce: false);

    private static Cell UInt8(int value) => New().StoreUInt((ulong)value, 8).Build();

    private static Cell UInt16(int value) => New().StoreUInt((ulong)value, 16).Build();

    private static Cell FourReferences() => Enumerable.Range(1, 4)
        .Aggregate(New().StoreUInt(1, 1), (builder, i) => builder.StoreReference(New().StoreUInt((ulong)i, 7 + i).Build()))
        .Build();

    private static Cell Shared()
    {
        Cell shared = UInt16(77);
        return New().StoreReference(shared).StoreReference(New().StoreReference(shared).StoreUInt(5, 7).Build()).Build();
    }

    private static Cell Chain(int length, int bits)
    {
        Cell cell = Cell.Empty;
        for (int i = 0; i < length; i++)
        {
            cell = New().StoreUInt((ulong)i, bits).StoreReference(cell).Build();
        }

        return cell;
    }

    private static Cell Pruned(byte mask, params (string Text, int Depth)[] branches)
    {
        var builder = New().StoreUInt((ulong)CellKind.PrunedBranch, 8).StoreUInt(mask, 8);
        foreach ((string text, _) in branches)
        {
            builder.StoreBits256(Sample.HashOf(text));
        }

        foreach ((_, int depth) in branches)
        {
            builder.StoreUInt((ulong)depth, 16);
        }

        return builder.Build(exotic: true);
    }

    private static Cell Proof(Cell tree) => New()
        .StoreUInt((ulong)CellKind.MerkleProof, 8)
        .StoreBits256(tree.HashAt(0))
        .StoreUInt((ulong)tree.DepthAt(0), 16)
        .StoreReference(tree)
        .Build(exotic: true);

    private static Cell Update(Cell before, Cell after) => New()
        .StoreUInt((ulong)CellKind.MerkleUpdate, 8)
        .StoreBits256(before.HashAt(0))
        .StoreBits256(after.HashAt(0))
        .StoreUInt((ulong)before.DepthAt(0), 16)
        .StoreUInt((ulong)after.DepthAt(0), 16)
        .StoreReference(before)
        .StoreReference(after)
        .Build(exotic: true);

    private static Cell Dictionary(int keyBits, Action<CellDictionary, int> set, int count)
    {
        var dictionary = new CellDictionary(keyBits);
        for (int i = 0; i < count; i++)
        {
            set(dictionary, i);
        }

        return New().StoreMaybeReference(dictionary.Write()).Build();
    }
}
