using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Replays;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.Unit.Tokenization;
using CocoonOrleans.Tokenization.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Replays;

public sealed class AnswerReplaysTests : IDisposable
{
    private const string Path = "/v1/chat/completions";
    private const string ApiKey = "ck_dev.1_secret";
    private const string Text = "the-answer";

    private static readonly byte[] Body = SHA256.HashData("the request"u8);
    private static readonly ChatModel Model = ChatModel.Load(
        Encoding.UTF8.GetBytes(SmallTokenizers.ByteLevelJson().ToJsonString()), Encoding.UTF8.GetBytes(SmallTokenizers.Config), "{{ messages[0].content }}");

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly AnswerReplays _replays;
    private readonly CancellationTokenSource _connection = new();

    public AnswerReplaysTests() =>
        _replays = new AnswerReplays(Options.Create(new GatewayOptions()), new GatewayMetrics(_services.GetRequiredService<IMeterFactory>(), _time), _time);

    public void Dispose()
    {
        _replays.Dispose();
        _connection.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Answer_DocumentThatEnded_IsGivenAgain()
    {
        ChatJob job = Ended(stream: false);
        DefaultHttpContext http = Http();

        IResult? again = await AnswerAsync(http, job);

        Assert.Equal(Text, Encoding.UTF8.GetString(Assert.IsType<FileContentHttpResult>(again).FileContents.Span));
        Assert.Equal("true", http.Response.Headers[AnswerReplays.ReplayedHeader]);
    }

    [Theory]
    [InlineData("ck_dev.1_other", "once", "dev.1")]
    [InlineData(ApiKey, "twice", "dev.1")]
    [InlineData(ApiKey, "once", "dev.2")]
    public async Task Answer_OtherKeys_OpenNothing(string apiKey, string idempotencyKey, string keyId)
    {
        ChatJob job = Ended(stream: false);

        Assert.Null(await _replays.AnswerAsync(Http(), keyId, apiKey, idempotencyKey, job.JobId, Body));
    }

    [Fact]
    public async Task Answer_AfterItsTime_IsForgotten()
    {
        ChatJob job = Ended(stream: false);

        _time.Advance(new ReplayOptions().KeepFor);

        Assert.Null(await AnswerAsync(Http(), job));
    }

    [Theory]
    [InlineData(null, "id: 0\ndata: a\n\nid: 1\ndata: b\n\nid: 2\ndata: [DONE]\n\n")]
    [InlineData("0", "id: 1\ndata: b\n\nid: 2\ndata: [DONE]\n\n")]
    [InlineData("2", "")]
    public async Task Answer_StreamThatEnded_GoesOnBehindTheLastEvent(string? last, string expected)
    {
        ChatJob job = Ended(stream: true);
        DefaultHttpContext http = Http(last);

        await AnswerAsync(http, job);

        Assert.Equal(expected, Written(http));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("2147483647")]
    public async Task Answer_LastEventIdThatIsNone_IsRefusedByName(string last)
    {
        ChatJob job = Ended(stream: true);

        var error = Assert.IsType<ApiError>(await AnswerAsync(Http(last), job));

        Assert.Equal((ErrorKinds.InvalidValue, AnswerReplays.LastEventIdHeader), (error.Kind, error.Param));
    }

    /// <summary>A client that comes back keeps the work going, though its first connection is gone.</summary>
    [Fact]
    public async Task Answer_StreamUnderWay_IsReadAlongAndTheWorkGoesOn()
    {
        ChatJob job = Job(stream: true);
        AnswerLog log = _replays.Begin(job, Path, Body)!;
        using var presence = new ClientPresence(_connection.Token, TimeSpan.FromSeconds(15), _time);
        log.Attend(presence);
        log.Append("a"u8);
        _connection.Cancel();
        _time.Advance(TimeSpan.FromSeconds(14));
        DefaultHttpContext http = Http("0");

        Task<IResult?> reading = AnswerAsync(http, job);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(presence.Gone.IsCancellationRequested);
        log.Append("b"u8);
        log.Append("[DONE]"u8);
        End(job, log, isWhole: true);
        await reading;

        Assert.EndsWith("id: 1\ndata: b\n\nid: 2\ndata: [DONE]\n\n", Written(http), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OtherBody_IsRefused(bool ended)
    {
        ChatJob job = Job(stream: false);
        AnswerLog log = _replays.Begin(job, Path, Body)!;
        log.Attend(Presence());
        if (ended)
        {
            log.Append("the answer"u8);
            End(job, log, isWhole: true);
        }

        var error = Assert.IsType<ApiError>(await _replays.AnswerAsync(Http(), "dev.1", ApiKey, "once", job.JobId, SHA256.HashData("another"u8)));

        Assert.Equal(ErrorKinds.IdempotencyKeyReuse, error.Kind);
    }

    [Fact]
    public async Task Answer_FirstOneFails_TheOneThatWaitsIsToldToRepeat()
    {
        ChatJob job = Job(stream: false);
        AnswerLog log = _replays.Begin(job, Path, Body)!;
        log.Attend(Presence());
        Task<IResult?> waiting = AnswerAsync(Http(), job);
        Assert.False(waiting.IsCompleted);

        End(job, log, isWhole: false);

        Assert.Equal(ErrorKinds.IdempotencyInProgress, Assert.IsType<ApiError>(await waiting).Kind);
        Assert.Null(await AnswerAsync(Http(), job));
    }

    [Theory]
    [InlineData("1", false, true)]
    [InlineData("0", false, false)]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    public async Task Adopt_EqualRequestUnderWay_IsAdoptedByARetryAndWhereItsClientIsGone(string? retries, bool clientLeft, bool adopted)
    {
        ChatJob job = Job(stream: false) with { IsIdempotent = false };
        AnswerLog log = _replays.Begin(job, Path, Body)!;
        log.Attend(Presence());
        if (clientLeft)
        {
            _connection.Cancel();
        }

        DefaultHttpContext http = Http();
        http.Request.Headers[AnswerReplays.RetryCountHeader] = retries;
        Task<IResult?> retry = _replays.AdoptAsync(http, "dev.1", Body);
        log.Append("the answer"u8);
        _replays.End(job, log, Path, ApiKey, null, isWhole: true);

        Assert.Equal(adopted, await retry is not null);
        Assert.Null(await _replays.AdoptAsync(http, "dev.1", Body));
        Assert.Null(await _replays.AdoptAsync(http, "dev.2", Body));
    }

    [Fact]
    public void Begin_StreamWithoutIdempotencyKey_IsNotNoted() => Assert.Null(_replays.Begin(Job(stream: true) with { IsIdempotent = false }, Path, Body));

    private static string Written(DefaultHttpContext http) => Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());

    private static DefaultHttpContext Http(string? lastEventId = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Path = Path;
        http.Request.Headers[AnswerReplays.LastEventIdHeader] = lastEventId;
        http.Response.Body = new MemoryStream();
        return http;
    }

    private ClientPresence Presence() => new(_connection.Token, TimeSpan.FromSeconds(2), _time);

    private Task<IResult?> AnswerAsync(HttpContext http, ChatJob job) => _replays.AnswerAsync(http, "dev.1", ApiKey, "once", job.JobId, Body);

    private void End(ChatJob job, AnswerLog log, bool isWhole) => _replays.End(job, log, Path, ApiKey, "once", isWhole);

    private ChatJob Ended(bool stream)
    {
        ChatJob job = Job(stream);
        AnswerLog log = _replays.Begin(job, Path, Body)!;
        foreach (string piece in stream ? ["a", "b", "[DONE]"] : new[] { Text })
        {
            log.Append(Encoding.UTF8.GetBytes(piece));
        }

        End(job, log, isWhole: true);
        return job;
    }

    private ChatJob Job(bool stream)
    {
        TokenPrices price = new(new(1), new(1), new(1));
        return new ChatJob
        {
            JobId = Guid.CreateVersion7(),
            Caller = new Caller("dev", "dev.1", "label"),
            Model = new CatalogModel("house", new string('a', 64), new string('b', 64), 512, 64, price, DateTimeOffset.UnixEpoch),
            ChatModel = Model,
            Payload = "{}"u8.ToArray(),
            Stream = stream,
            IncludeUsage = false,
            IsIdempotent = true,
            PromptTokens = 1,
            MaxTokensPerChoice = 1,
            Cap = price,
            Created = _time.GetUtcNow(),
            Until = _time.GetUtcNow(),
            Arrived = _time.GetTimestamp(),
        };
    }
}
