using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Signs vouchers with a key from a file, which lies in guarded memory and nowhere else while the silo runs, within what the file beside it remembers.</summary>
internal sealed class KeyFileVoucherSigner : IVoucherSigner, IDisposable
{
    private readonly SigningKey _key;
    private readonly SignedVoucherStore _store;
    private readonly TimeProvider _clock;

    /// <exception cref="KeyFileException">The key can't be opened.</exception>
    public KeyFileVoucherSigner(IOptions<OperatorVouchersOptions> options, IOptions<ChainOptions> chain, TimeProvider clock)
    {
        Network = chain.Value.Network;
        _clock = clock;
        byte[] passphrase = KeyFile.ReadPassphrase(options.Value.PassphraseFile);
        try
        {
            _key = KeyFile.Open(options.Value.KeyFile, KeyPurpose.Voucher, Network, passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }

        _store = new SignedVoucherStore(options.Value.StorePath, new Nano(options.Value.DailyCapNano));
    }

    public PublicKey Key => _key.PublicKey;

    public int Network { get; }

    // On the pool: SQLite blocks, and a grain's turn must not.
    public Task<RememberedVoucher?> FindLastAsync(string channel, CancellationToken cancellationToken) => Task.Run(() => _store.FindLast(channel), cancellationToken);

    public Task<IReadOnlyList<RememberedChannel>> ListChannelsAsync(string accountId, CancellationToken cancellationToken) =>
        Task.Run(() => _store.ListChannels(accountId), cancellationToken);

    public Task<Nano> LeftTodayAsync(CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        return Task.Run(() => _store.LeftOn(day), cancellationToken);
    }

    public Task<SignedVoucher> SignAsync(VoucherOrder order, CancellationToken cancellationToken)
    {
        CheckNetwork(order.Voucher.Network);
        var day = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        return Task.Run(() => _store.Sign(order, voucher => voucher.Sign(_key), day), cancellationToken);
    }

    public Task<Signature> SignAsync(StatementSeal seal, CancellationToken cancellationToken)
    {
        CheckNetwork(seal.Network);
        return Task.FromResult(_key.Sign(seal.ToCell()));
    }

    public async Task<Signature> SignAsync(CooperativeClose close, CancellationToken cancellationToken)
    {
        CheckNetwork(close.Network);
        Nano promised = (await FindLastAsync(close.Channel.ToString(), cancellationToken))?.Signed.Voucher.Cumulative ?? Nano.Zero;
        return close.Cumulative <= promised
            ? close.Sign(_key)
            : throw new VoucherRefusedException(VoucherRefusal.AboveDeposit, "it says more than was ever promised");
    }

    public void Dispose()
    {
        _key.Dispose();
        _store.Dispose();
    }

    private void CheckNetwork(int network)
    {
        if (network != Network)
        {
            throw new VoucherRefusedException(VoucherRefusal.OtherNetwork, "it is of another network");
        }
    }
}
