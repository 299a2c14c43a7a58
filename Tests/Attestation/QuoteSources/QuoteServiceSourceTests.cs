using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Tests.Attestation.Worlds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Attestation.QuoteSources;

/// <summary>Quotes from a service that doesn't do what it should.</summary>
public sealed class QuoteServiceSourceTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly string _socket;

    public QuoteServiceSourceTests() => _socket = _folder.File("q.sock");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("its quote", null)]
    [InlineData("a quote for other data", TeeFailureKind.Malformed)]
    [InlineData("garbage", TeeFailureKind.Malformed)]
    [InlineData("nothing", TeeFailureKind.Malformed)]
    [InlineData("more than a quote", TeeFailureKind.Malformed)]
    [InlineData("no", TeeFailureKind.Refused)]
    [InlineData("a redirect", TeeFailureKind.Refused)]
    [InlineData("a broken connection", TeeFailureKind.Unreachable)]
    public async Task Quote_ServiceAnswers_IsJudged(string answer, TeeFailureKind? kind)
    {
        await using var service = await ServeAsync(async context =>
        {
            var asked = new byte[64];
            await context.Request.Body.ReadExactlyAsync(asked);
            switch (answer)
            {
                case "its quote":
                    await context.Response.Body.WriteAsync(World.Platform().Quote(asked));
                    break;
                case "a quote for other data":
                    await context.Response.Body.WriteAsync(World.Platform().Quote());
                    break;
                case "garbage":
                    await context.Response.WriteAsync("hello");
                    break;
                case "more than a quote":
                    await context.Response.Body.WriteAsync(new byte[Quote.LargestBytes + 1]);
                    break;
                case "no":
                    context.Response.StatusCode = 503;
                    await context.Response.WriteAsync("not\ntoday");
                    break;
                case "a redirect":
                    context.Response.Redirect("/quote2");
                    break;
                case "a broken connection":
                    context.Abort();
                    break;
                default:
                    break;
            }
        });
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);

        var result = await source.QuoteAsync(Enumerable.Repeat((byte)9, 64).ToArray());

        Assert.Equal(kind, result.Failure?.Kind);
        Assert.Equal(kind is null, result.IsMade);
        Assert.NotEqual("", result.Failure?.Remedy);
        if (answer == "no")
        {
            Assert.Contains("503: nottoday", result.Failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Quote_ServiceIsSlow_FailsInTime()
    {
        var reached = new TaskCompletionSource();
        await using var service = await ServeAsync(async context =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var time = new FakeTimeProvider();
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, time);
        var result = source.QuoteAsync(new byte[64]).AsTask();
        await reached.Task.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TeeFailureKind.TimedOut, (await result.WaitAsync(Deadline)).Failure?.Kind);
    }

    [Fact]
    public async Task Quote_NobodyServes_NamesTheSocket()
    {
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);

        var failure = (await source.QuoteAsync(new byte[64])).Failure!;

        Assert.Equal(TeeFailureKind.Unreachable, failure.Kind);
        Assert.Contains(_socket, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_PathTooLongForASocket_IsAMistake() => Assert.Contains(
        "107", Assert.Throws<ArgumentException>(() => new QuoteServiceSource(new QuoteServiceOptions { Socket = "/" + new string('a', 108) }, TimeProvider.System)).Message, StringComparison.Ordinal);

    private async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_socket));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
