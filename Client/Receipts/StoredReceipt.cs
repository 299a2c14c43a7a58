using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Receipts;

/// <summary>
/// What a client that seals by itself keeps of one answer: the worker's signed receipt, what vouches for the key that signed it, and the client's own record of what it asked for and got. It
/// holds nothing of prompt or answer. Its form is in docs/protocol.md, section 15.
/// </summary>
public sealed partial record StoredReceipt
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 1536 * 1024;

    private const int Version = 1;

    /// <summary>The worker's receipt with its signature.</summary>
    public required SignedReceipt Signed { get; init; }

    /// <summary>The worker's statement, its bytes.</summary>
    public required ReadOnlyMemory<byte> Statement { get; init; }

    /// <summary>What came beside the statement: in tier <see cref="TrustTier.Open"/> the signature of the worker's own key, else a quote.</summary>
    public required ReadOnlyMemory<byte> Voucher { get; init; }

    /// <summary>The event log beside a quote; null where none came.</summary>
    public ReadOnlyMemory<byte>? EventLog { get; init; }

    /// <summary>What the worker's GPUs showed; null where nothing came.</summary>
    public ReadOnlyMemory<byte>? Gpus { get; init; }

    /// <summary>NVIDIA's documents about them; null where none came.</summary>
    public ReadOnlyMemory<byte>? GpuReferences { get; init; }

    /// <summary>The clear part of the request, as the client sealed it.</summary>
    public required ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>When the client sealed it.</summary>
    public required DateTimeOffset Asked { get; init; }

    /// <summary>When the last record of the answer was there.</summary>
    public required DateTimeOffset Answered { get; init; }

    /// <summary>The nonce with which the answer that came in began.</summary>
    public required Digest ResponseNonce { get; init; }

    /// <summary>SHA-256 of the sealed bytes that came in before the answer's last record.</summary>
    public required Digest AnswerSha256 { get; init; }

    /// <summary>How many bytes those were.</summary>
    public required long AnswerBytes { get; init; }

    /// <summary>The prices that the gateway named.</summary>
    public required ReceiptPrices Prices { get; init; }

    /// <summary>Its JSON.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new Form(
            Version,
            Signed.Receipt.ToArray(),
            Signed.Signature.ToArray(),
            Statement.ToArray(),
            Voucher.ToArray(),
            Header.ToArray(),
            Asked,
            Answered,
            ResponseNonce.ToString(),
            AnswerSha256.ToString(),
            AnswerBytes,
            SealedHttp.Write(Prices),
            EventLog?.ToArray(),
            Gpus?.ToArray(),
            GpuReferences?.ToArray()),
        FormJson.Default.Form);

    /// <summary>Reads a stored receipt. Nothing of it is believed: <see cref="ReceiptVerifier"/> says what it is worth.</summary>
    /// <param name="utf8Json">Any bytes.</param>
    /// <param name="stored">What they say.</param>
    /// <returns>False where they don't have the form.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8Json, [NotNullWhen(true)] out StoredReceipt? stored)
    {
        stored = null;
        try
        {
            if (utf8Json.Length > LargestBytes
                || JsonSerializer.Deserialize(utf8Json, FormJson.Default.Form) is not { Format: Version, AnswerBytes: >= 0 } form
                || !SealedHttp.TryRead(form.Prices, out var prices))
            {
                return false;
            }

            stored = new StoredReceipt
            {
                Signed = new SignedReceipt(form.Receipt, form.Signature),
                Statement = form.Statement,
                Voucher = form.Voucher,
                EventLog = Optional(form.EventLog),
                Gpus = Optional(form.Gpus),
                GpuReferences = Optional(form.GpuReferences),
                Header = form.Header,
                Asked = form.Asked,
                Answered = form.Answered,
                ResponseNonce = new Digest(Convert.FromHexString(form.ResponseNonce)),
                AnswerSha256 = new Digest(Convert.FromHexString(form.AnswerSha256)),
                AnswerBytes = form.AnswerBytes,
                Prices = prices,
            };
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The request whose receipt it is; null where the header does not have its form.</summary>
    internal Guid? RequestId => RequestHeader.TryRead(Header, out var header, out _) ? header.Terms.RequestId : null;

    private static ReadOnlyMemory<byte>? Optional(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;

    internal sealed record Form(
        int Format,
        byte[] Receipt,
        byte[] Signature,
        byte[] Statement,
        byte[] Voucher,
        byte[] Header,
        DateTimeOffset Asked,
        DateTimeOffset Answered,
        string ResponseNonce,
        string AnswerSha256,
        long AnswerBytes,
        string Prices,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? EventLog = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Gpus = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? GpuReferences = null);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        WriteIndented = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
    [JsonSerializable(typeof(Form))]
    internal sealed partial class FormJson : JsonSerializerContext;
}
