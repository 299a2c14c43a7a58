using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Wallets;

/// <summary>
/// The 24 words that TON wallets show, without a password: read and turned into a key. New ones are made by wallets: that needs the list of
/// words (BIP-39, English), and an operator's key should come from a wallet that its owner already trusts.
/// </summary>
public sealed class Mnemonic
{
    private const int WordCount = 24;
    private const int MaxWordLength = 8;
    private const int CheckRounds = 390;
    private const int SeedRounds = 100_000;

    private readonly byte[] _entropy;

    private Mnemonic(byte[] entropy) => _entropy = entropy;

    /// <summary>Reads 24 words. The error never holds any of them.</summary>
    /// <param name="phrase">The words, separated by white space, in either case.</param>
    /// <exception cref="TonFormatException">There are not 24 words, or together they are not what a wallet makes: one of them is wrong.</exception>
    public static Mnemonic Parse(string phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        string[] words = phrase.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != WordCount || !words.All(word => word.Length <= MaxWordLength && word.All(char.IsAsciiLetterLower)))
        {
            throw new TonFormatException("mnemonic", $"{WordCount} words of up to {MaxWordLength} letters are needed");
        }

        byte[] entropy = HMACSHA512.HashData(Encoding.UTF8.GetBytes(string.Join(' ', words)), Array.Empty<byte>());
        byte[] check = Rfc2898DeriveBytes.Pbkdf2(entropy, "TON seed version"u8, CheckRounds, HashAlgorithmName.SHA512, 64);
        return check[0] == 0 ? new Mnemonic(entropy) : throw new TonFormatException("mnemonic", "a word is wrong, or a password belongs to it");
    }

    /// <summary>The key of the wallet; takes a tenth of a second, on purpose.</summary>
    public SigningKey DeriveKey()
    {
        Span<byte> seed = stackalloc byte[64];
        Rfc2898DeriveBytes.Pbkdf2(_entropy, "TON default seed"u8, seed, SeedRounds, HashAlgorithmName.SHA512);
        var key = new SigningKey(seed[..32]);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }
}
