using System.Text;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Chat;

public sealed class SseAnswerTests : IAsyncDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly WatchedStream _body = new();
    private readonly SseAnswer _answer;

    public SseAnswerTests()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = _body;
        _answer = new SseAnswer(http, KeepAlive, _time);
    }

    public ValueTask DisposeAsync() => _answer.DisposeAsync();

    [Fact]
    public async Task Deliver_RoleAlone_IsHeldBack()
    {
        await _answer.DeliverAsync("role"u8.ToArray(), new ChunkContent(true, "", null));

        Assert.False(_answer.HasDelivered);
        Assert.Equal("", _body.Text);
    }

    [Fact]
    public async Task Deliver_FirstText_BringsTheRoleBeforeIt()
    {
        await _answer.DeliverAsync("role"u8.ToArray(), new ChunkContent(true, "", null));
        await _answer.DeliverAsync("text"u8.ToArray(), new ChunkContent(false, "hi", null));

        Assert.True(_answer.HasDelivered);
        Assert.Equal("data: role\n\ndata: text\n\n", _body.Text);
    }

    [Fact]
    public async Task Deliver_AfterAnotherWorkerTookOver_TheRoleComesOnce()
    {
        await _answer.DeliverAsync("role of the first"u8.ToArray(), new ChunkContent(true, "", null));
        _answer.Reset();
        await _answer.DeliverAsync("role of the second"u8.ToArray(), new ChunkContent(true, "", null));
        await _answer.DeliverAsync("text"u8.ToArray(), new ChunkContent(false, "hi", null));

        Assert.Equal("data: role of the second\n\ndata: text\n\n", _body.Text);
    }

    [Fact]
    public async Task Deliver_FirstTextOfSeveralAnswers_BringsAllRolesBeforeIt()
    {
        await _answer.DeliverAsync("role 0"u8.ToArray(), new ChunkContent(true, "", null));
        await _answer.DeliverAsync("role 1"u8.ToArray(), new ChunkContent(true, "", null) { Choice = 1 });
        Assert.Equal("", _body.Text);
        await _answer.DeliverAsync("text 1"u8.ToArray(), new ChunkContent(false, "hi", null) { Choice = 1 });
        await _answer.DeliverAsync("role 2"u8.ToArray(), new ChunkContent(true, "", null) { Choice = 2 });

        Assert.Equal("data: role 0\n\ndata: role 1\n\ndata: text 1\n\ndata: role 2\n\n", _body.Text);
    }

    [Fact]
    public async Task Finish_WithUsage_EndsWithUsageAndDone()
    {
        await _answer.DeliverAsync("text"u8.ToArray(), new ChunkContent(true, "hi", null));
        await _answer.FinishAsync("usage"u8.ToArray());

        Assert.Equal("data: text\n\ndata: usage\n\ndata: [DONE]\n\n", _body.Text);
    }

    [Fact]
    public async Task Finish_WithoutUsage_HasNoSuchChunk()
    {
        await _answer.DeliverAsync("text"u8.ToArray(), new ChunkContent(true, "hi", null));
        await _answer.FinishAsync(null);

        Assert.Equal("data: text\n\ndata: [DONE]\n\n", _body.Text);
    }

    [Fact]
    public async Task KeepAlive_AfterTenSecondsOfSilence_IsSent()
    {
        _time.Advance(KeepAlive);

        await _body.Written.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(": keep-alive\n\n", _body.Text);
    }

    [Fact]
    public async Task KeepAlive_BeforeTenSeconds_NothingIsSent()
    {
        _time.Advance(KeepAlive - TimeSpan.FromMilliseconds(1));

        Assert.True(await _answer.EndAsync());
        Assert.Equal("", _body.Text);
    }

    private sealed class WatchedStream : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public string Text => Encoding.UTF8.GetString(ToArray());

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            _written.TrySetResult();
        }
    }
}
