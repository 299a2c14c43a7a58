using System.Security.Cryptography;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>The operator's wallet and its key, which lies in guarded memory and nowhere else while the silo runs.</summary>
internal sealed class OperatorWallet : IDisposable
{
    /// <exception cref="KeyFileException">The key can't be opened.</exception>
    public OperatorWallet(IOptions<OperatorWalletOptions> options, IOptions<ChainOptions> chain)
    {
        byte[] passphrase = KeyFile.ReadPassphrase(options.Value.PassphraseFile);
        try
        {
            Key = KeyFile.Open(options.Value.KeyFile, KeyPurpose.Wallet, chain.Value.Network, passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }

        Wallet = new WalletV5R1(Key.PublicKey, chain.Value.Network, subwallet: options.Value.Subwallet);
    }

    public SigningKey Key { get; }

    public WalletV5R1 Wallet { get; }

    public void Dispose() => Key.Dispose();
}
