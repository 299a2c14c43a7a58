using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Silo.Chain;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>Signs with a key of this test run, and remembers what it signed as a silo does.</summary>
public sealed class VoucherSigner : IVoucherSigner, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-signed-");
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));
    private readonly SignedVoucherStore _store;

    public VoucherSigner()
        : this(Nano.FromCoins(1_000_000))
    {
    }

    public VoucherSigner(Nano dailyCap) => _store = new SignedVoucherStore(Path.Combine(_folder.FullName, "signed.db"), dailyCap);

    /// <summary>The day that it signs on.</summary>
    public DateOnly Day { get; set; }

    public PublicKey Key => _key.PublicKey;

    public int Network => TonNetwork.Development;

    public Task<RememberedVoucher?> FindLastAsync(string channel, CancellationToken cancellationToken) => Task.FromResult(_store.FindLast(channel));

    public Task<SignedVoucher> SignAsync(VoucherOrder order, CancellationToken cancellationToken) =>
        Task.FromResult(_store.Sign(order, voucher => voucher.Sign(_key), Day));

    public Task<IReadOnlyList<RememberedChannel>> ListChannelsAsync(string accountId, CancellationToken cancellationToken) =>
        Task.FromResult(_store.ListChannels(accountId));

    public Task<Nano> LeftTodayAsync(CancellationToken cancellationToken) => Task.FromResult(_store.LeftOn(Day));

    public Task<Signature> SignAsync(StatementSeal seal, CancellationToken cancellationToken) => Task.FromResult(_key.Sign(seal.ToCell()));

    public Task<Signature> SignAsync(CooperativeClose close, CancellationToken cancellationToken) => Task.FromResult(close.Sign(_key));

    public void Dispose()
    {
        _key.Dispose();
        _store.Dispose();
        _folder.Delete(recursive: true);
    }
}
