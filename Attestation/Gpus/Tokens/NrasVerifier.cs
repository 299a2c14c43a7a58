using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Gpus.Tokens;

/// <summary>
/// Judges an answer of NVIDIA's Remote Attestation Service (NRAS, version 3 of its API): a detached EAT bundle, that is a token about all GPUs, which
/// names by its hash a token about each. The form follows NVIDIA's documents and its attestation SDK; no answer of the real service was at hand.
/// </summary>
/// <remarks>
/// What the local verifier of NVIDIA's SDK emits is not signed by NVIDIA (<c>alg: none</c>, or a key of its own), and is refused: from outside of the TD
/// it is the host's word.
/// </remarks>
public sealed class NrasVerifier
{
    /// <summary>NVIDIA's service, as its tokens name it.</summary>
    public const string NvidiaIssuer = "https://nras.attestation.nvidia.com";

    private const int LargestBundle = 1024 * 1024;
    private const int MostDevices = 16;
    private const int NonceBytes = 32;
    private const string Jwt = "JWT";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>What the service must have found of each GPU: the report is fresh, genuine, and of the kind of GPU that it says.</summary>
    private static readonly string[] MustBeTrue =
    [
        "secboot", "x-nvidia-gpu-arch-check", "x-nvidia-gpu-attestation-report-nonce-match", "x-nvidia-gpu-attestation-report-signature-verified",
        "x-nvidia-gpu-driver-rim-signature-verified", "x-nvidia-gpu-vbios-rim-signature-verified",
    ];

    private readonly NrasKeySet _keys;
    private readonly string _issuer;

    /// <param name="keys">The service's keys.</param>
    /// <param name="issuer">The service, as its tokens must name it.</param>
    public NrasVerifier(NrasKeySet keys, string issuer = NvidiaIssuer)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentException.ThrowIfNullOrEmpty(issuer);
        (_keys, _issuer) = (keys, issuer);
    }

    /// <summary>Verifies an answer. It never throws on what the bytes hold.</summary>
    /// <param name="bundle">The answer: <c>[["JWT", token], {"GPU-0": token, ...}]</c>.</param>
    /// <param name="nonce">The nonce that it must be made for, 32 bytes (<see cref="BoundStatement.GpuNonce"/>).</param>
    /// <param name="now">The time at which it must hold.</param>
    public NrasVerdict Verify(ReadOnlyMemory<byte> bundle, ReadOnlyMemory<byte> nonce, DateTimeOffset now)
    {
        if (nonce.Length != NonceBytes)
        {
            throw new ArgumentException($"A nonce has {NonceBytes} bytes.", nameof(nonce));
        }

        List<NrasDevice> devices = [];
        var validUntil = DateTimeOffset.MaxValue;
        var refusal = RefusalEdge.Run(() => validUntil = Run(bundle, Convert.ToHexStringLower(nonce.Span), now, devices));
        return refusal is null ? new NrasVerdict(null, devices, validUntil) : new NrasVerdict(refusal, [], null);
    }

    private static RefusedException Format(string expected) => new(RefusalCodes.GpuTokenFormat, $"in the answer of NVIDIA's service {expected}");

    private static RefusedException Result(string expected) => new(RefusalCodes.GpuTokenResult, $"NVIDIA's service was expected to find {expected}");

    private DateTimeOffset Run(ReadOnlyMemory<byte> bundle, string nonce, DateTimeOffset now, List<NrasDevice> devices)
    {
        var (overall, tokens) = Split(bundle);
        using var claims = JsonWebToken.Verify(overall, _keys);
        var all = new SignedJson(claims.RootElement, "overall", RefusalCodes.GpuTokenFormat);
        var validUntil = CheckCommon(all, nonce, now);
        if (!all.IsTrue("x-nvidia-overall-att-result"))
        {
            throw Result("all GPUs in order");
        }

        // Each token must be one that the signed one names, and each that it names must be there: else GPUs could be left out or exchanged.
        all.Object("submods");
        var named = claims.RootElement.GetProperty("submods");
        if (!named.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal).SequenceEqual(tokens.Keys))
        {
            throw new RefusedException(RefusalCodes.GpuTokenDigest, "a token for each GPU that the signed list names, and no other, was expected");
        }

        foreach (var (name, token) in tokens)
        {
            if (!IsDigestOf(named.GetProperty(name), token))
            {
                throw new RefusedException(RefusalCodes.GpuTokenDigest, $"the token of {name} was expected to be the one whose hash is signed");
            }

            var (device, until) = ReadDevice(name, token, nonce, now);
            validUntil = until < validUntil ? until : validUntil;
            devices.Add(devices.Exists(other => other.Id == device.Id) ? throw Format("each GPU was expected once") : device);
        }

        return validUntil;
    }

    /// <summary>Whether <c>["DIGEST", ["SHA-256", hex]]</c> is a token's.</summary>
    private static bool IsDigestOf(JsonElement named, string token) =>
        named.ValueKind == JsonValueKind.Array && named.GetArrayLength() == 2 && IsText(named[0], "DIGEST")
        && named[1] is { ValueKind: JsonValueKind.Array } digest && digest.GetArrayLength() == 2 && (IsText(digest[0], "SHA-256") || IsText(digest[0], "SHA256"))
        && digest[1].ValueKind == JsonValueKind.String
        && string.Equals(digest[1].GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token))), StringComparison.OrdinalIgnoreCase);

    private static bool IsText(JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    private static (string Overall, SortedDictionary<string, string> Devices) Split(ReadOnlyMemory<byte> bundle)
    {
        if (bundle.Length > LargestBundle)
        {
            throw Format($"at most {LargestBundle} bytes were expected");
        }

        try
        {
            using var document = JsonDocument.Parse(bundle, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            if (document.RootElement is not { ValueKind: JsonValueKind.Array } root || root.GetArrayLength() != 2
                || root[0] is not { ValueKind: JsonValueKind.Array } first || first.GetArrayLength() != 2 || first[0].GetString() != Jwt
                || root[1] is not { ValueKind: JsonValueKind.Object } rest)
            {
                throw Format("[[\"JWT\", token], {name: token}] was expected");
            }

            var devices = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var device in rest.EnumerateObject())
            {
                devices.Add(device.Name, Token(device.Value));
            }

            return devices.Count is > 0 and <= MostDevices ? (Token(first[1]), devices) : throw Format($"1 to {MostDevices} GPUs were expected");
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw Format($"JSON of the known form was expected ({malformed.Message})");
        }
    }

    private static string Token(JsonElement element) => element.GetString() ?? throw Format("a token was expected");

    /// <summary>What holds for every token: who made it, when, and for which nonce.</summary>
    /// <returns>Until when it holds.</returns>
    private DateTimeOffset CheckCommon(SignedJson claims, string nonce, DateTimeOffset now)
    {
        if (claims.Text("iss") is var issuer && issuer != _issuer)
        {
            throw new RefusedException(RefusalCodes.GpuTokenIssuer, $"a token of {_issuer} was expected, not of {issuer}");
        }

        var from = DateTimeOffset.FromUnixTimeSeconds(Math.Max(claims.UnsignedNumber("iat"), claims.Has("nbf") ? claims.UnsignedNumber("nbf") : 0));
        var until = DateTimeOffset.FromUnixTimeSeconds(claims.UnsignedNumber("exp"));
        if (now < from - ClockSkew || now > until)
        {
            throw new RefusedException(RefusalCodes.GpuTokenExpired, $"the token of NVIDIA's service holds from {from:u} to {until:u}, not at {now:u}");
        }

        return string.Equals(claims.Text("eat_nonce"), nonce, StringComparison.OrdinalIgnoreCase)
            ? until
            : throw new RefusedException(RefusalCodes.GpuTokenNonce, $"a token for the nonce {nonce} was expected");
    }

    private (NrasDevice Device, DateTimeOffset Until) ReadDevice(string name, string token, string nonce, DateTimeOffset now)
    {
        using var document = JsonWebToken.Verify(token, _keys);
        var claims = new SignedJson(document.RootElement, name, RefusalCodes.GpuTokenFormat);
        var until = CheckCommon(claims, nonce, now);
        if (claims.OptionalText("measres") != "success")
        {
            throw Result($"the measurements of {name} to be NVIDIA's");
        }

        if (claims.OptionalText("dbgstat") != "disabled")
        {
            throw Result($"{name} closed to debuggers");
        }

        return MustBeTrue.FirstOrDefault(claim => !claims.IsTrue(claim)) is { } missing
            ? throw Result($"{missing} to be true of {name}")
            : (new NrasDevice(
                name, claims.Text("ueid"), claims.Text("hwmodel"), claims.OptionalText("x-nvidia-gpu-driver-version") ?? "", claims.OptionalText("x-nvidia-gpu-vbios-version") ?? ""), until);
    }
}
