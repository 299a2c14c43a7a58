using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>Signs with a key of this test run.</summary>
public sealed class VoucherSigner : IVoucherSigner, IDisposable
{
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));

    public PublicKey Key => _key.PublicKey;

    public int Network => TonNetwork.Development;

    public SignedVoucher Sign(Voucher voucher) => voucher.Sign(_key);

    public void Dispose() => _key.Dispose();
}
