using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Client;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Client;

public sealed class CocoonSealingHandlerTests : IDisposable
{
    private const string Prompt = "zebraquartz 3 plus 4";
    private const string Key = "ck_test";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly HostileGateway _gateway;
    private readonly CocoonSealingOptions _options;
    private HttpClient? _http;

    public CocoonSealingHandlerTests()
    {
        _gateway = new HostileGateway(_time);
        _options = new CocoonSealingOptions { Time = _time };
    }

    public void Dispose()
    {
        // The client disposes of what it sends over.
        if (_http is null)
        {
            _gateway.Dispose();
        }

        _http?.Dispose();
    }

    [Fact]
    public async Task Chat_Document_IsAnsweredWithTheReceiptsCounts()
    {
        using var response = await AskAsync(stream: false);
        var json = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());

        Assert.Equal("seven", json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", json.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal((10, 3, "21"), (json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), json.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), json.GetProperty("usage").GetProperty("cost").GetString()));
        var provider = json.GetProperty("provider");
        Assert.Equal(("client", "open", true), (provider.GetProperty("sealer").GetString(), provider.GetProperty("tier").GetString(), provider.GetProperty("receipt_verified").GetBoolean()));
        Assert.Equal(_gateway.Worker.Statement.Hash.ToString(), provider.GetProperty("statement_hash").GetString());
    }

    [Fact]
    public async Task Chat_Stream_PassesEventsOnAndEndsWithUsageAndDone()
    {
        using var response = await AskAsync(stream: true);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"content\":\"ven\"", text, StringComparison.Ordinal);

        // In the chunk that ends the answer, and in the one with the usage.
        Assert.Equal(2, text.Split("\"sealer\":\"client\"").Length - 1);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Theory, InlineData(TrafficPadding.Off), InlineData(TrafficPadding.Strict)]
    public async Task Chat_OtherPadding_IsAnsweredToo(TrafficPadding padding)
    {
        _http = Open(_options with { Padding = padding });

        using var response = await AskAsync(stream: true);

        Assert.EndsWith("data: [DONE]\n\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(padding, Assert.Single(_gateway.Opened).Header.Terms.Padding);
    }

    [Theory, InlineData("float", "[1.5,-2]"), InlineData("base64", "\"AADAPwAAAMA=\"")]
    public async Task Embeddings_TwoInputs_AreTwoVectors(string format, string first)
    {
        _gateway.Vectors = [1.5f, -2, 3, 4];

        using var response = await Http().PostAsync(
            "/v1/embeddings", new StringContent($$"""{"model":"{{HostileGateway.Model}}","input":["a","b"],"encoding_format":"{{format}}"}""", Encoding.UTF8, "application/json"));

        var json = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((2, first), (json.GetProperty("data").GetArrayLength(), json.GetProperty("data")[0].GetProperty("embedding").GetRawText()));
        Assert.Equal("client", json.GetProperty("provider").GetProperty("sealer").GetString());
    }

    [Fact]
    public async Task Embeddings_FewerVectorsThanInputs_AreRefused()
    {
        _gateway.Vectors = [1.5f];

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => Http().PostAsync(
            "/v1/embeddings", new StringContent($$"""{"model":"{{HostileGateway.Model}}","input":["a","b"]}""", Encoding.UTF8, "application/json")));

        Assert.Equal(SealingRefusalCodes.AnswerMalformed, refused.Code);
    }

    [Fact]
    public async Task Chat_Gateway_SeesNothingOfThePrompt()
    {
        using var response = await AskAsync(stream: true);
        await response.Content.ReadAsStringAsync();

        Assert.Contains(Prompt, Assert.Single(_gateway.Opened).Body, StringComparison.Ordinal);
        Assert.All(_gateway.Seen, seen => Assert.Equal((-1, Key), (seen.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes("zebraquartz")), seen.Key)));
        Assert.Equal(["/v1/attested-workers", "/v1/sealed"], _gateway.Seen.Select(seen => seen.Path));
    }

    [Fact]
    public async Task Chat_Twice_IsOneSessionAndOneListOfWorkers()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var response = await AskAsync(stream: false);
        }

        Assert.Equal([0u, 1u], _gateway.Opened.Select(opened => opened.Header.Counter));
        Assert.Single(_gateway.Seen, seen => seen.Path == "/v1/attested-workers");
    }

    [Fact]
    public async Task Chat_WorkerHasNoRoomForTheSession_IsSealedAloneToANewList()
    {
        var tries = 0;
        _gateway.Instead = () => tries++ == 0 ? new HttpResponseMessage(HttpStatusCode.BadGateway) : null;

        using var response = await AskAsync(stream: false);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(Assert.Single(_gateway.Opened).Header.Counter);
        Assert.Equal(2, _gateway.Seen.Count(seen => seen.Path == "/v1/attested-workers"));
    }

    [Fact]
    public async Task Chat_SameIdempotencyKey_HasTheSameRequestId()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var response = await AskAsync(stream: false, idempotencyKey: "once");
        }

        Assert.Single(_gateway.Opened.Select(opened => opened.Header.Terms.RequestId).Distinct());
    }

    [Fact]
    public async Task Chat_GatewayRefuses_ComesAsItIs()
    {
        _gateway.Instead = () => new HttpResponseMessage(HttpStatusCode.PaymentRequired) { Content = new StringContent("poor") };

        using var response = await AskAsync(stream: false);

        Assert.Equal((HttpStatusCode.PaymentRequired, "poor"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Chat_WorkerBlamesTheRequest_Is400WithItsCode()
    {
        _gateway.Error = new AnswerError("context_length_exceeded", "Too long.", IsRetryable: false, Field: "messages");

        using var response = await AskAsync(stream: true);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetProperty("error");
        Assert.Equal(("context_length_exceeded", "messages"), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Fact]
    public Task Statement_KeysSwapped_IsRefused() =>
        RefusedAsync(SealingRefusalCodes.StatementSignature, () =>
        {
            using var other = new HostileGateway(_time);
            var statement = _gateway.Worker.Statement.Statement with { Keys = other.Worker.Statement.Statement.Keys };
            _gateway.Offered = new VouchedStatement(BoundStatement.Of(statement).Bytes.ToArray(), _gateway.Offered.Voucher);
        });

    [Fact]
    public Task Statement_Expired_IsRefused() => RefusedAsync(SealingRefusalCodes.StatementExpired, () => _time.Advance(TimeSpan.FromMinutes(20)));

    [Fact]
    public Task Statement_OfAnotherNetwork_IsRefused() => StatementRefusedAsync(SealingRefusalCodes.StatementNetwork, statement => statement with { NetworkId = "other" });

    [Fact]
    public Task Statement_OfAGateway_IsRefused() => StatementRefusedAsync(SealingRefusalCodes.StatementRole, statement => statement with { Role = StatementRole.Gateway });

    [Fact]
    public Task Statement_OfTooLowATier_IsRefused() => StatementRefusedAsync(SealingRefusalCodes.StatementTier, statement => statement with { Tier = TrustTier.Simulated });

    [Fact]
    public Task Statement_ClaimsATierWithoutQuote_IsRefused() =>
        StatementRefusedAsync(SealingRefusalCodes.StatementQuote, statement => statement with { Tier = TrustTier.Tdx, Image = default(Digest) });

    [Fact]
    public Task Statement_Garbage_IsRefused() => RefusedAsync(SealingRefusalCodes.StatementMalformed, () => _gateway.Offered = new VouchedStatement([1, 2, 3], [4]));

    [Fact]
    public async Task Request_AsksForAHigherTierThanIsOffered_IsKeptBack()
    {
        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => AskAsync(stream: false, more: ""","provider":{"trust":"tdx"}"""));

        Assert.Equal(SealingRefusalCodes.StatementTier, refused.Code);
        Assert.DoesNotContain(_gateway.Seen, seen => seen.Path == "/v1/sealed");
    }

    [Fact]
    public Task Answer_Plain200_IsRefused() => RefusedAsync(
        SealingRefusalCodes.AnswerUnsealed,
        () => _gateway.Instead = () => new HttpResponseMessage { Content = new StringContent("""{"choices":[]}""", Encoding.UTF8, "application/json") });

    [Theory, InlineData(false), InlineData(true)]
    public async Task Answer_LastRecordCut_IsRefused(bool stream)
    {
        _gateway.Pass = bytes => bytes[..^200];

        Assert.Equal(SealingRefusalCodes.AnswerTruncated, (await Assert.ThrowsAsync<SealingRefusedException>(() => ReadAsync(stream))).Code);
    }

    [Fact]
    public Task Answer_ByteChanged_IsRefused() => RefusedAsync(SealingRefusalCodes.AnswerRejected, () => _gateway.Pass = bytes =>
    {
        bytes[^1] ^= 1;
        return bytes;
    });

    [Fact]
    public Task Answer_UnderAnotherStatement_IsRefused() => RefusedAsync(SealingRefusalCodes.AnswerRejected, () => _gateway.Pass = bytes =>
    {
        bytes[5] ^= 1;
        return bytes;
    });

    [Fact]
    public async Task Receipt_SignedByAnotherKey_IsRefused()
    {
        using var other = new ReceiptKey();
        await RefusedAsync(SealingRefusalCodes.ReceiptInvalid, () => _gateway.Signer = other);
    }

    [Theory, InlineData(null), InlineData("1,1,1,1"), InlineData("nonsense")]
    public Task Receipt_OfOtherPrices_IsRefused(string? named) => RefusedAsync(SealingRefusalCodes.ReceiptPrices, () => _gateway.NamedPrices = named);

    [Fact]
    public Task Receipt_OfOtherCounts_IsRefused() =>
        RefusedAsync(SealingRefusalCodes.ReceiptUsage, () => _gateway.ToldUsage = """{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}""");

    [Theory, InlineData(false), InlineData(true)]
    public async Task BrokenOff_GoodReceipt_IsAFailureOfTheWorker(bool stream)
    {
        _gateway.BreaksOff = _gateway.SignError;

        Assert.Equal(SealingRefusalCodes.AnswerFailed, await FailureAsync(stream));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task BrokenOff_NoReceipt_IsAFailureOfTheWorker(bool stream)
    {
        _gateway.BreaksOff = _ => null;

        Assert.Equal(SealingRefusalCodes.AnswerFailed, await FailureAsync(stream));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task BrokenOff_ReceiptOfAnotherKey_IsRefused(bool stream)
    {
        using var other = new ReceiptKey();
        _gateway.BreaksOff = _gateway.SignError;
        _gateway.Signer = other;

        Assert.Equal(SealingRefusalCodes.ReceiptInvalid, await FailureAsync(stream));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task BrokenOff_ReceiptOfAWholeAnswer_IsRefused(bool stream)
    {
        _gateway.BreaksOff = _gateway.SignWhole;

        Assert.Equal(SealingRefusalCodes.ReceiptInvalid, await FailureAsync(stream));
    }

    [Fact]
    public async Task BrokenOff_ReceiptOfAnotherModel_IsRefused()
    {
        _gateway.BreaksOff = _gateway.SignError;
        _gateway.Changed = usage => usage with { ModelManifest = Digest.Of("another"u8) };

        Assert.Equal(SealingRefusalCodes.ReceiptInvalid, await FailureAsync(stream: true));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task BrokenOff_ReceiptOfOtherPrices_IsRefused(bool stream)
    {
        _gateway.BreaksOff = _gateway.SignError;
        _gateway.NamedPrices = "1,1,1,1";

        Assert.Equal(SealingRefusalCodes.ReceiptPrices, await FailureAsync(stream));
    }

    [Fact]
    public async Task BrokenOff_ReceiptOfMoreThanWasAllowed_IsRefused()
    {
        _http = Open(_options with { HoldLimitNano = 20 });
        _gateway.BreaksOff = _gateway.SignError;

        Assert.Equal(SealingRefusalCodes.ReceiptPrices, await FailureAsync(stream: true));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task BrokenOff_ReceiptOfOtherCountsThanTold_IsRefused(bool stream)
    {
        _gateway.BreaksOff = _gateway.SignError;
        _gateway.ToldUsage = """{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}""";

        Assert.Equal(SealingRefusalCodes.ReceiptUsage, await FailureAsync(stream));
    }

    [Theory, InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public async Task Receipt_OfMoreTokensThanTheAnswerHasBytes_IsRefused(bool stream, bool breaksOff)
    {
        _http = Open(_options with { HoldLimitNano = 1_000_000 });
        _gateway.BreaksOff = breaksOff ? _gateway.SignError : null;
        _gateway.Changed = usage => usage with { CompletionTokens = 100_000 };

        Assert.Equal(SealingRefusalCodes.ReceiptUsage, await FailureAsync(stream));
    }

    [Fact]
    public async Task Hold_AboveTheCeiling_IsKeptBackAndNamesTheSetting()
    {
        _http = Open(_options with { MostHoldNano = 500 });

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => AskAsync(stream: false, more: ""","max_completion_tokens":2000"""));

        Assert.Equal(SealingRefusalCodes.RequestHold, refused.Code);
        Assert.Contains(nameof(CocoonSealingOptions.MostHoldNano), refused.Message, StringComparison.Ordinal);
        Assert.Contains("--most-hold", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_gateway.Seen, seen => seen.Path == "/v1/sealed");
        _http = Open(_options with { MostHoldNano = 5_000 });
        using var answer = await AskAsync(stream: false, more: ""","max_completion_tokens":2000""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Hold_NamedAboveTheCeiling_IsKeptBack()
    {
        _http = Open(_options with { HoldLimitNano = CocoonSealingOptions.DefaultMostHoldNano + 1 });

        Assert.Equal(SealingRefusalCodes.RequestHold, (await Assert.ThrowsAsync<SealingRefusedException>(() => AskAsync(stream: false))).Code);
    }

    [Theory, InlineData("/v1/completions"), InlineData("/v1/responses"), InlineData("/v1/audio/speech")]
    public async Task Request_ThatCantBeSealed_NeverLeaves(string path)
    {
        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => Http().PostAsync(path, new StringContent(Prompt)));

        Assert.Equal(SealingRefusalCodes.RequestUnsupported, refused.Code);
        Assert.Empty(_gateway.Seen);
    }

    [Fact]
    public async Task Request_WithoutBody_IsPassedOn()
    {
        using var response = await Http().GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("/v1/models", Assert.Single(_gateway.Seen).Path);
    }

    [Fact]
    public async Task Hold_PaysForTheLongestPromptOfItsBytesAndTheTokensAskedFor()
    {
        using var response = await AskAsync(stream: false, more: ""","max_completion_tokens":20""");

        // The request's records, or the model's context of 512, at 1 nano a token; 20 tokens at 2; 5 for the request.
        var (header, body) = Assert.Single(_gateway.Opened);
        var prompt = Math.Min(SealedRequest.MostRecordBytes(TrafficPadding.Balanced, body.Length), 512);
        Assert.Equal(prompt + 40 + 5, header.Terms.HoldLimitNano);
    }

    /// <returns>The refusal's code; of an answer in one piece that the worker says it can't give, that of a failed one.</returns>
    private async Task<string> FailureAsync(bool stream)
    {
        try
        {
            using var response = await AskAsync(stream);
            await response.Content.ReadAsByteArrayAsync();
            Assert.Equal((false, HttpStatusCode.BadGateway), (stream, response.StatusCode));
            return SealingRefusalCodes.AnswerFailed;
        }
        catch (SealingRefusedException refused)
        {
            return refused.Code;
        }
    }

    private async Task RefusedAsync(string code, Action arrange)
    {
        arrange();
        Assert.Equal(code, (await Assert.ThrowsAsync<SealingRefusedException>(() => ReadAsync(stream: true))).Code);
    }

    private Task StatementRefusedAsync(string code, Func<Statement, Statement> change) =>
        RefusedAsync(code, () => _gateway.Offered = _gateway.Worker.Vouch(_gateway.Worker.Renew(change)));

    private async Task<byte[]> ReadAsync(bool stream)
    {
        using var response = await AskAsync(stream);
        var read = new MemoryStream();
        await (await response.Content.ReadAsStreamAsync()).CopyToAsync(read);
        return read.ToArray();
    }

    private async Task<HttpResponseMessage> AskAsync(bool stream, string more = "", string? idempotencyKey = null)
    {
        var options = stream ? ""","stream":true,"stream_options":{"include_usage":true}""" : "";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent($$"""{"model":"{{HostileGateway.Model}}","messages":[{"role":"user","content":"{{Prompt}}"}]{{options}}{{more}}}""", Encoding.UTF8, "application/json"),
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await Http().SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private HttpClient Http() => _http ??= Open(_options);

    private HttpClient Open(CocoonSealingOptions options) => new(new CocoonSealingHandler(options, _gateway))
    {
        BaseAddress = new Uri("http://gateway.test"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
    };
}
