using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Client;

/// <summary>A gateway with one worker behind it, both honest until a test says otherwise.</summary>
internal sealed class HostileGateway : HttpMessageHandler
{
    public const string Model = "house";

    private static readonly string Manifest = new('a', 64);
    private static readonly ReceiptPrices Prices = new(1_000_000, 1_000_000, 2_000_000, 5);

    private readonly TunnelIdentity _identity = TunnelIdentity.Create(TimeProvider.System);
    private readonly TimeProvider _time;

    public HostileGateway(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Worker = new SealedWorker(_identity, new string('1', 32), [Manifest], time);
        Offered = Worker.Vouched;
    }

    public SealedWorker Worker { get; }

    /// <summary>What it offers as the worker's statement.</summary>
    public VouchedStatement Offered { get; set; }

    /// <summary>Whether what stands beside the statement is a quote.</summary>
    public bool OffersQuote { get; set; }

    /// <summary>What it offers to a client that sent a nonce, with the proof; null for what it offers anyway, without one.</summary>
    public Func<Digest, (VouchedStatement Statement, byte[]? Proof)>? Fresh { get; set; }

    /// <summary>What it makes of the sealed answer's bytes.</summary>
    public Func<byte[], byte[]> Pass { get; set; } = bytes => bytes;

    /// <summary>What it answers in place of the worker; null for the worker's answer.</summary>
    public Func<HttpResponseMessage?> Instead { get; set; } = () => null;

    /// <summary>The prices that it names.</summary>
    public string? NamedPrices { get; set; } = SealedHttp.Write(Prices);

    /// <summary>Which counts the worker's last chunk tells.</summary>
    public string ToldUsage { get; set; } = "null";

    /// <summary>What the worker signs for otherwise.</summary>
    public Func<AnswerUsage, AnswerUsage> Changed { get; set; } = usage => usage;

    /// <summary>Signs the receipt; null for the worker's own key.</summary>
    public ReceiptKey? Signer { get; set; }

    /// <summary>The worker's error in place of an answer; null for an answer.</summary>
    public AnswerError? Error { get; set; }

    /// <summary>How the worker breaks off after it has said a part, with the receipt that it writes; null where it doesn't.</summary>
    public Func<AnswerSealer, SignedReceipt?>? BreaksOff { get; set; }

    /// <summary>Signs for an answer that broke off, as the worker does.</summary>
    public SignedReceipt SignError(AnswerSealer answer) => answer.SignError(Changed(Usage()), Signer ?? Worker.Receipts);

    /// <summary>Signs for the same as for a whole one.</summary>
    public SignedReceipt SignWhole(AnswerSealer answer) => answer.SignFinal(Changed(Usage()), Signer ?? Worker.Receipts);

    /// <summary>The numbers with which the worker answers; null for a chat.</summary>
    public float[]? Vectors { get; set; }

    /// <summary>Everything that came.</summary>
    public List<(HttpMethod Method, string Path, byte[] Body, string? Key)> Seen { get; } = [];

    /// <summary>The clear headers of the sealed requests that the worker opened, and what was in them.</summary>
    public List<(RequestHeader Header, string Body)> Opened { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Seen.Add((request.Method, request.RequestUri!.AbsolutePath, body, request.Headers.Authorization?.Parameter));
        return request.RequestUri.AbsolutePath switch
        {
            "/v1/attested-workers" => Json(Workers(request.RequestUri.Query.Split("&nonce=") is [_, var nonce] ? new Digest(Convert.FromHexString(nonce)) : null)),
            "/v1/sealed" => Instead() ?? await AnswerAsync(body),
            _ => Json(new JsonObject { ["object"] = "list" }),
        };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Worker.Dispose();
            _identity.Dispose();
        }

        base.Dispose(disposing);
    }

    private static HttpResponseMessage Json(JsonObject json) => new() { Content = new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json") };

    private JsonObject Workers(Digest? nonce)
    {
        var (offered, proof) = nonce is { } sent && Fresh is { } fresh ? fresh(sent) : (Offered, null);
        return Workers(offered, proof);
    }

    private JsonObject Workers(VouchedStatement offered, byte[]? proof) => new()
    {
        ["network_id"] = SealedWorker.NetworkId,
        ["model"] = Model,
        ["task"] = "chat",
        ["context_tokens"] = 512,
        ["default_max_completion_tokens"] = 64,
        ["hold_prices"] = new JsonObject { ["prompt"] = "1000000", ["completion"] = "2000000", ["request"] = "5" },
        ["workers"] = new JsonArray(new JsonObject
        {
            ["statement"] = Convert.ToBase64String(offered.Statement),
            [OffersQuote ? "quote" : "signature"] = Convert.ToBase64String(offered.Voucher),
            [proof is null ? "no_proof" : "nonce_proof"] = proof is null ? "" : Convert.ToBase64String(proof),
        }),
    };

    private async Task<HttpResponseMessage> AnswerAsync(byte[] body)
    {
        var context = new DefaultHttpContext { Request = { Body = new MemoryStream(body) } };
        using var opened = await Worker.OpenAsync(context);
        if (opened is null)
        {
            return new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("""{"error":{"message":"No.","type":"server_error","param":null,"code":"provider_failed"}}""", Encoding.UTF8, "application/json") };
        }

        Opened.Add((opened.Header, Encoding.UTF8.GetString(opened.Body.Span)));
        var output = new ArrayBufferWriter<byte>();
        using var answer = opened.Answer(output);
        if (Error is { } error)
        {
            answer.WriteError(error);
        }
        else if (Vectors is { } vectors)
        {
            answer.Write(new AnswerMeta(200, "application/octet-stream", new Digest(Convert.FromHexString(Manifest)), "native"));
            answer.WriteData([.. vectors.SelectMany(BitConverter.GetBytes)]);
            answer.WriteFinal("stop", Changed(Usage()), Worker.Receipts);
        }
        else
        {
            answer.Write(new AnswerMeta(200, "text/event-stream", new Digest(Convert.FromHexString(Manifest)), "native"));
            answer.WriteData(Event("""{"role":"assistant","content":""}""", "null", "null"));
            answer.WriteData(Event("""{"content":"se"}""", "null", "null"));
            answer.WriteData(Event("""{"content":"ven"}""", "null", "null"));
            if (BreaksOff is { } breakOff)
            {
                answer.WriteData(Event("""{"content":"te"}""", "null", ToldUsage));
                answer.WriteError(new AnswerError("engine_failed", "The engine failed.", IsRetryable: true, breakOff(answer)));
                return Sealed(output);
            }

            answer.WriteData(Event("{}", "\"stop\"", ToldUsage));
            answer.WriteFinal("stop", Changed(Usage()), Signer ?? Worker.Receipts);
        }

        return Sealed(output);
    }

    private HttpResponseMessage Sealed(ArrayBufferWriter<byte> output)
    {
        var response = new HttpResponseMessage { Content = new ByteArrayContent(Pass(output.WrittenSpan.ToArray())) { Headers = { ContentType = new MediaTypeHeaderValue(SealedHttp.MediaType) } } };
        if (NamedPrices is not null)
        {
            response.Headers.Add(SealedHttp.PricesHeader, NamedPrices);
        }

        return response;
    }

    private static byte[] Event(string delta, string finish, string usage) => Encoding.UTF8.GetBytes(
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"{{Model}}","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}],"usage":{{usage}}}""" + "\n\n");

    private AnswerUsage Usage() => new()
    {
        PromptTokens = 10,
        CachedTokens = 0,
        CompletionTokens = 3,
        ReasoningTokens = 0,
        Prices = Prices.Hash(),
        Started = _time.GetUtcNow(),
        Ended = _time.GetUtcNow(),
        ModelManifest = new Digest(Convert.FromHexString(Manifest)),
    };
}
