using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Requests;

/// <summary>A call of OpenAI's API that is to be sealed: where it goes, and what must be known of its body to seal it and to write its answer.</summary>
internal sealed class ApiCall
{
    private const string Chat = "/chat/completions";
    private const string Embeddings = "/embeddings";

    private const string IdempotencyHeader = "Idempotency-Key";

    private readonly string _root;
    private readonly AuthenticationHeaderValue? _authorization;

    private ApiCall(string root, string path, AuthenticationHeaderValue? authorization, byte[] body, string model)
    {
        _root = root;
        _authorization = authorization;
        Path = path;
        Body = body;
        Model = model;
    }

    /// <summary>The body as it came.</summary>
    public byte[] Body { get; }

    /// <summary>The path as every worker knows it.</summary>
    public string Path { get; }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>Whether it asks for embeddings; otherwise for a chat.</summary>
    public bool IsEmbeddings => Path.EndsWith(Embeddings, StringComparison.Ordinal);

    /// <summary>The caller's <c>Idempotency-Key</c>; null where it sent none.</summary>
    public string? IdempotencyKey { get; private init; }

    /// <summary>Whether the answer comes in pieces.</summary>
    public bool IsStreamed { get; private init; }

    /// <summary>Whether the stream ends with a chunk that tells the usage.</summary>
    public bool IncludesUsage { get; private init; }

    /// <summary>How many answers are wanted.</summary>
    public int Choices { get; private init; } = 1;

    /// <summary>The most tokens of an answer; null where the request names no limit.</summary>
    public int? MaxCompletionTokens { get; private init; }

    /// <summary>The tier that the request itself asks for; null where it asks for none.</summary>
    public TrustTier? Trust { get; private init; }

    /// <summary>How many texts vectors are wanted of.</summary>
    public int Inputs { get; private init; } = 1;

    /// <summary>Whether vectors are wanted as base64.</summary>
    public bool AsBase64 { get; private init; }

    /// <summary>Whether a request is one that this client seals, passes on, or keeps back: what changes nothing is passed on, and whatever else has a body could hold a prompt.</summary>
    /// <param name="request">The request.</param>
    /// <returns>True where it is to be sealed, false where it is passed on.</returns>
    /// <exception cref="SealingRefusedException">It can't be sealed, and must not go out unsealed.</exception>
    public static bool IsSealed(HttpRequestMessage request)
    {
        var path = request.RequestUri?.AbsolutePath ?? "";
        if (request.Method == HttpMethod.Post && (path.EndsWith(Chat, StringComparison.Ordinal) || path.EndsWith(Embeddings, StringComparison.Ordinal)))
        {
            return true;
        }

        return request.Content is null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options)
            ? false
            : throw new SealingRefusedException(SealingRefusalCodes.RequestUnsupported, $"{request.Method} {path} can't be sealed, so it is not sent.");
    }

    /// <summary>Reads a request that is to be sealed.</summary>
    /// <exception cref="SealingRefusedException">Its body is no JSON that can be sealed.</exception>
    public static async Task<ApiCall> ReadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.Length > SealedRequest.MaxBodyBytes)
        {
            throw Unsupported($"a body may have {SealedRequest.MaxBodyBytes} bytes");
        }

        var url = request.RequestUri!;
        var suffix = url.AbsolutePath.EndsWith(Chat, StringComparison.Ordinal) ? Chat : Embeddings;
        try
        {
            using var document = JsonDocument.Parse(body);
            var json = document.RootElement;
            if (json.TryGetProperty("provider", out var provider) && provider.TryGetProperty("max_price", out _))
            {
                throw Unsupported("provider.max_price is not kept to when the client seals; set the hold limit");
            }

            var model = json.GetProperty("model").GetString();
            return new ApiCall(url.GetLeftPart(UriPartial.Path)[..^suffix.Length], $"/v1{suffix}", request.Headers.Authorization, body, model is { Length: > 0 and <= 128 } ? model : throw Unsupported("it names no model"))
            {
                IdempotencyKey = request.Headers.TryGetValues(IdempotencyHeader, out var keys) ? keys.First() : null,
                IsStreamed = suffix == Chat && json.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True,
                IncludesUsage = json.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object
                    && options.TryGetProperty("include_usage", out var usage) && usage.ValueKind == JsonValueKind.True,
                Choices = Math.Clamp(Number(json, "n") ?? 1, 1, 128),
                MaxCompletionTokens = (Number(json, "max_completion_tokens") ?? Number(json, "max_tokens")) is { } most ? Math.Max(1, most) : null,
                Trust = provider.ValueKind == JsonValueKind.Object && provider.TryGetProperty("trust", out var trust) && trust.ValueKind == JsonValueKind.String ? Tier(trust.GetString()!) : null,
                Inputs = json.TryGetProperty("input", out var input) ? InputsOf(input) : 1,
                AsBase64 = json.TryGetProperty("encoding_format", out var format) && format.ValueKind == JsonValueKind.String && format.GetString() == "base64",
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unsupported("its body is no JSON object of OpenAI's API");
        }
    }

    /// <summary>
    /// The id of the sealed request. Where the caller sent an <c>Idempotency-Key</c> it is the same for the same key, so that a repeat is refused and not charged
    /// again: the first 122 free bits of a SHA-256 as a UUIDv8 (RFC 9562).
    /// </summary>
    /// <param name="attempt">How many attempts of this call failed.</param>
    /// <param name="now">The time.</param>
    public Guid RequestId(int attempt, DateTimeOffset now)
    {
        if (IdempotencyKey is null)
        {
            return Guid.CreateVersion7(now);
        }

        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"cocoon/request/v1\n{_authorization}\n{attempt}\n{IdempotencyKey}")).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>An address beside the call's own.</summary>
    public Uri Url(string relative) => new($"{_root}/{relative}");

    /// <summary>A request in the name of who called.</summary>
    public HttpRequestMessage Request(HttpMethod method, Uri uri) => new(method, uri) { Headers = { Authorization = _authorization } };

    private static int? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A text, a list of texts, the tokens of one, or a list of those.</summary>
    private static int InputsOf(JsonElement input) =>
        input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input[0].ValueKind != JsonValueKind.Number ? input.GetArrayLength() : 1;

    private static TrustTier Tier(string text) => text switch
    {
        "open" => TrustTier.Open,
        "tdx" => TrustTier.Tdx,
        "confidential" => TrustTier.Confidential,
        _ => throw Unsupported("provider.trust names no tier"),
    };

    private static SealingRefusedException Unsupported(string reason) => new(SealingRefusalCodes.RequestUnsupported, $"The request can't be sealed: {reason}.");
}
