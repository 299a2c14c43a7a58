using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>The files that make a <see cref="ChatModel"/>, as a worker sends them to the gateway. Compared by their hash, not by this record.</summary>
/// <param name="TokenizerJson"><c>tokenizer.json</c>, at most 64 MiB.</param>
/// <param name="TokenizerConfigJson"><c>tokenizer_config.json</c>, at most 64 MiB; empty where the model has none.</param>
/// <param name="ChatTemplate"><c>chat_template.jinja</c> in UTF-8; empty where the template stands in the config or there is none.</param>
public sealed record ChatModelFiles(ReadOnlyMemory<byte> TokenizerJson, ReadOnlyMemory<byte> TokenizerConfigJson, ReadOnlyMemory<byte> ChatTemplate)
{
    /// <summary>Lower-case hexadecimal SHA-256 over each file's length (8 bytes, big-endian) and bytes, in the order of the parameters.</summary>
    public string ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        foreach (var file in new[] { TokenizerJson, TokenizerConfigJson, ChatTemplate })
        {
            BinaryPrimitives.WriteInt64BigEndian(length, file.Length);
            hash.AppendData(length);
            hash.AppendData(file.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
