using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.Tokens;

/// <summary>
/// A JSON Web Token in compact form (RFC 7515, RFC 7519), signed with ECDSA on P-384 and nothing else: what a token's own header says of its algorithm is
/// compared and never obeyed.
/// </summary>
internal static class JsonWebToken
{
    public const string Algorithm = "ES384";

    private const int LongestToken = 64 * 1024;
    private const int SignatureBytes = 96;

    /// <summary>Verifies a token's signature.</summary>
    /// <returns>Its claims.</returns>
    /// <exception cref="RefusedException">It has another form or algorithm, or none of the keys signed it.</exception>
    public static JsonDocument Verify(string token, NrasKeySet keys)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var header, var payload, var signature])
        {
            throw Format($"three parts and at most {LongestToken} characters were expected");
        }

        // Before the signature is even looked at: a token of "none" has an empty one.
        var key = keys.Find(ReadHeader(header));
        var raw = Decode(signature, "the signature");
        if (raw.Length != SignatureBytes || !key.Verifies(Encoding.ASCII.GetBytes($"{header}.{payload}"), raw, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw new RefusedException(RefusalCodes.GpuTokenSignature, "the token was expected to be signed by the key that it names");
        }

        return SignedJson.Parse(Decode(payload, "the claims"), "the claims", RefusalCodes.GpuTokenFormat);
    }

    /// <summary>Base64url without filling (RFC 7515, 2), in the one form that these bytes have: else a token had many.</summary>
    public static byte[] Decode(string text, string what)
    {
        if (text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') && text.Length % 4 != 1)
        {
            var bytes = Base64Url.DecodeFromChars(text);
            if (Base64Url.EncodeToString(bytes) == text)
            {
                return bytes;
            }
        }

        throw Format($"{what} was expected in base64url");
    }

    private static string ReadHeader(string header)
    {
        using var document = SignedJson.Parse(Decode(header, "the header"), "the header", RefusalCodes.GpuTokenFormat);
        var read = new SignedJson(document.RootElement, "header", RefusalCodes.GpuTokenFormat);
        if (read.Text("alg") is var algorithm && algorithm != Algorithm)
        {
            throw new RefusedException(RefusalCodes.GpuTokenAlgorithm, $"algorithm {Algorithm} was expected, not {algorithm}");
        }

        return document.RootElement.TryGetProperty("crit", out _) ? throw Format("no critical header was expected") : read.Text("kid");
    }

    private static RefusedException Format(string expected) => new(RefusalCodes.GpuTokenFormat, $"in the token {expected}");
}
