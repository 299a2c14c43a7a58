using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>The first record of a request: what a plain client would say in HTTP.</summary>
/// <param name="Method">For example POST; 1 to 64 characters.</param>
/// <param name="Path">The API's path; 1 to 1,024 characters.</param>
/// <param name="ContentType">Of the body; 1 to 128 characters.</param>
/// <param name="CacheSalt">Whoever has the same salt may share what the worker has computed of a common beginning; null where nothing may be shared.</param>
public sealed record RequestMeta(string Method, string Path, string ContentType, Digest? CacheSalt = null)
{
    private const int MethodCharacters = 64;
    private const int PathCharacters = 1024;
    private const int ContentTypeCharacters = 128;

    /// <exception cref="ArgumentException">A text is out of its range; the message names it.</exception>
    internal byte[] Encode()
    {
        Check(Method, MethodCharacters, nameof(Method));
        Check(Path, PathCharacters, nameof(Path));
        Check(ContentType, ContentTypeCharacters, nameof(ContentType));
        return DeterministicCbor.WriteMap(writer =>
        {
            writer.WriteInt32(0);
            writer.WriteTextString(Method);
            writer.WriteInt32(1);
            writer.WriteTextString(Path);
            writer.WriteInt32(2);
            writer.WriteTextString(ContentType);
            if (CacheSalt is { } salt)
            {
                writer.WriteInt32(3);
                writer.WriteByteString(salt.ToArray());
            }
        });
    }

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out RequestMeta? meta) => DeterministicCbor.TryRead(bytes, Read, out meta);

    private static RequestMeta Read(CborReader reader)
    {
        string method = "", path = "", contentType = "";
        Digest? salt = null;
        reader.ReadMap(0b0111, key =>
        {
            switch (key)
            {
                case 0: method = reader.ReadText(MethodCharacters); return true;
                case 1: path = reader.ReadText(PathCharacters); return true;
                case 2: contentType = reader.ReadText(ContentTypeCharacters); return true;
                case 3: salt = reader.ReadDigest(); return true;
                default: return false;
            }
        });
        return new RequestMeta(method, path, contentType, salt);
    }

    private static void Check(string text, int max, string field)
    {
        if (!CborReading.IsText(text, max))
        {
            throw new ArgumentException($"{field} must have 1 to {max} characters and no control characters.", field);
        }
    }
}
