using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Silo.Chain;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

public sealed class SignedVoucherStoreTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 1, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-signed-");
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));
    private readonly TonAddress _channel = NewChannel();
    private SignedVoucherStore _store;

    public SignedVoucherStoreTests() => _store = Open();

    private string Path => System.IO.Path.Combine(_folder.FullName, "signed.db");

    [Fact]
    public void Sign_Rising_IsSignedAndRemembered()
    {
        SignedVoucher first = Sign(1, 100);
        SignedVoucher second = Sign(3, 101, coveredUpTo: 7);

        Assert.True(first.IsSignedBy(_key.PublicKey));
        Assert.Equal(new RememberedVoucher(second, 7), _store.FindLast(_channel.ToString()));
        Assert.Null(_store.FindLast(NewChannel().ToString()));
        Assert.Equal([new RememberedChannel(Terms, new RememberedVoucher(second, 7))], _store.ListChannels("anna"));
        Assert.Empty(_store.ListChannels("bob"));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Theory]
    [InlineData(4, 500, VoucherRefusal.Backwards)]
    [InlineData(6, 500, VoucherRefusal.Backwards)]
    [InlineData(6, 499, VoucherRefusal.Backwards)]
    [InlineData(5, 501, VoucherRefusal.Fork)]
    [InlineData(6, 1_001, VoucherRefusal.AboveDeposit)]
    public void Sign_NotAboveTheLastOrAboveTheDeposit_IsRefusedAlsoAfterARestart(long serial, long cumulative, VoucherRefusal refusal)
    {
        Sign(5, 500);
        _store.Dispose();
        _store = Open();

        Assert.Equal(refusal, Assert.Throws<VoucherRefusedException>(() => Sign(serial, cumulative)).Refusal);
        Assert.Equal(new Nano(500), _store.FindLast(_channel.ToString())!.Signed.Voucher.Cumulative);
    }

    [Fact]
    public void Sign_TheLastOneAgain_GivesTheSameBytes() => Assert.Equal(Sign(1, 100).ToBytes(), Sign(1, 100).ToBytes());

    [Fact]
    public void Sign_AboveTheDaysCap_IsRefusedUntilTheNextDay_OverAllChannels()
    {
        Sign(1, 900);
        TonAddress other = NewChannel();
        Sign(1, 600, channel: other);

        Assert.Equal(VoucherRefusal.DailyCap, Assert.Throws<VoucherRefusedException>(() => Sign(2, 1_000, channel: other, limit: 5_000, more: 101)).Refusal);
        Sign(2, 1_100, channel: other, limit: 5_000);
        Assert.Throws<VoucherRefusedException>(() => Sign(2, 901));
        Assert.Equal(new Nano(901), Sign(2, 901, day: Day.AddDays(1)).Voucher.Cumulative);
    }

    public void Dispose()
    {
        _store.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private static TonAddress NewChannel() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));

    private ChannelTerms Terms => field ??= new(NewChannel(), _key.PublicKey, NewChannel(), new PublicKey(new Bits256(RandomNumberGenerator.GetBytes(32))), 60, 1);

    private SignedVoucherStore Open() => new(Path, dailyCap: new Nano(2_000));

    private SignedVoucher Sign(
        long serial, long cumulative, TonAddress? channel = null, long limit = 1_000, long coveredUpTo = 0, DateOnly? day = null, long more = 0) => _store.Sign(
            new VoucherOrder(
                new Voucher(TonNetwork.Development, channel ?? _channel, (ulong)serial, new Nano(cumulative + more), default), new Nano(limit), coveredUpTo, "anna", Terms),
            voucher => voucher.Sign(_key),
            day ?? Day);
}
