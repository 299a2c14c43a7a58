using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Signs vouchers with a key from a file, which lies in guarded memory and nowhere else while the silo runs.</summary>
internal sealed class KeyFileVoucherSigner : IVoucherSigner, IDisposable
{
    private readonly SigningKey _key;

    /// <exception cref="KeyFileException">The key can't be opened.</exception>
    public KeyFileVoucherSigner(IOptions<OperatorVouchersOptions> options, IOptions<ChainOptions> chain)
    {
        Network = chain.Value.Network;
        byte[] passphrase = KeyFile.ReadPassphrase(options.Value.PassphraseFile);
        try
        {
            _key = KeyFile.Open(options.Value.KeyFile, KeyPurpose.Voucher, Network, passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }
    }

    public PublicKey Key => _key.PublicKey;

    public int Network { get; }

    public SignedVoucher Sign(Voucher voucher) => voucher.Network == Network
        ? voucher.Sign(_key)
        : throw new ArgumentException("A voucher of another network.", nameof(voucher));

    public void Dispose() => _key.Dispose();
}
