using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.Tokens;

/// <summary>
/// The keys that NVIDIA's service signs with, as a JSON Web Key Set (RFC 7517). They are believed as they are handed in: whoever hands them over got them
/// from NVIDIA's own address over TLS, or holds a copy.
/// </summary>
public sealed class NrasKeySet
{
    private const int LargestBytes = 256 * 1024;
    private const int MostKeys = 64;
    private const int LongestId = 200;
    private const int CoordinateBytes = 48;

    private readonly Dictionary<string, EcPublicKey> _keys = [];

    private NrasKeySet(SignedJson set)
    {
        var keys = set.Objects("keys");
        if (keys.Count is 0 or > MostKeys)
        {
            throw Format($"1 to {MostKeys} keys were expected");
        }

        foreach (var key in keys)
        {
            // Keys for something else may stand beside ours.
            if (key.OptionalText("kty") != "EC" || key.OptionalText("crv") != "P-384" || key.OptionalText("use") is not (null or "sig") || key.OptionalText("alg") is not (null or JsonWebToken.Algorithm))
            {
                continue;
            }

            var id = key.Text("kid");
            byte[] point = [.. JsonWebToken.Decode(key.Text("x"), "x"), .. JsonWebToken.Decode(key.Text("y"), "y")];
            if (point.Length != 2 * CoordinateBytes || id.Length is 0 or > LongestId || !_keys.TryAdd(id, new EcPublicKey(point, isP384: true)))
            {
                throw Format($"a key was expected to have an id of its own and coordinates of {CoordinateBytes} bytes");
            }
        }

        if (_keys.Count == 0)
        {
            throw Format($"a key for {JsonWebToken.Algorithm} was expected");
        }
    }

    /// <summary>Reads a set.</summary>
    /// <param name="utf8Json">The set.</param>
    /// <param name="keys">The keys; null where it is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, out NrasKeySet? keys, out Refusal? refusal)
    {
        NrasKeySet? parsed = null;
        refusal = RefusalEdge.Run(() => parsed = Parse(utf8Json));
        keys = parsed;
        return refusal is null;
    }

    internal EcPublicKey Find(string id) => _keys.TryGetValue(id, out var key)
        ? key
        : throw new RefusedException(RefusalCodes.GpuTokenKey, $"a token signed with one of the {_keys.Count} known keys was expected, not with key {id}");

    private static NrasKeySet Parse(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > LargestBytes)
        {
            throw Format($"at most {LargestBytes} bytes were expected");
        }

        using var document = SignedJson.Parse(utf8Json, "the key set", RefusalCodes.GpuTokenFormat);
        return new NrasKeySet(new SignedJson(document.RootElement, "jwks", RefusalCodes.GpuTokenFormat));
    }

    private static RefusedException Format(string expected) => new(RefusalCodes.GpuTokenFormat, $"in the key set {expected}");
}
