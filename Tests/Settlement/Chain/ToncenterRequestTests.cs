using System.Net;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton.Chain;

namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>What goes over the wire beside the call, seen by a listener in this process.</summary>
public sealed class ToncenterRequestTests
{
    [Fact]
    public async Task Call_WithAKey_CarriesItInItsHeaderAndAnIdOfItsOwn()
    {
        (HttpListener listener, Uri address) = Listen();
        using HttpListener listening = listener;
        using var http = new HttpClient();
        var client = new ToncenterClient(http, new ToncenterOptions { Address = address, ApiKey = "the key" }, TimeProvider.System);

        HttpListenerRequest first = await AnswerAsync(listener, client);
        HttpListenerRequest second = await AnswerAsync(listener, client);

        Assert.Equal("the key", first.Headers["X-API-Key"]);
        Assert.DoesNotContain("key", first.Url!.Query, StringComparison.Ordinal);
        Assert.NotEqual(first.Headers["X-Request-Id"], second.Headers["X-Request-Id"]);
    }

    [Fact]
    public async Task Call_ThatFails_IsToldWithItsId()
    {
        (HttpListener listener, Uri address) = Listen();
        using HttpListener listening = listener;
        using var http = new HttpClient();
        var client = new ToncenterClient(http, new ToncenterOptions { Address = address }, TimeProvider.System);

        Task<uint> call = client.GetMasterchainSeqnoAsync(default);
        HttpListenerContext context = await listener.GetContextAsync();
        context.Response.StatusCode = 503;
        context.Response.Close();

        ChainException failed = await Assert.ThrowsAsync<ChainException>(() => call);
        Assert.Equal(ChainFailure.Unavailable, failed.Failure);
        Assert.Contains(context.Request.Headers["X-Request-Id"]!, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""["num"]""")]
    [InlineData("""["num","0x1","0x2"]""")]
    [InlineData("7")]
    public async Task RunGetMethod_StackItemOfAnotherForm_IsABadAnswer(string item)
    {
        (HttpListener listener, Uri address) = Listen();
        using HttpListener listening = listener;
        using var http = new HttpClient();
        var client = new ToncenterClient(http, new ToncenterOptions { Address = address }, TimeProvider.System);

        Task<GetMethodResult> call = client.RunGetMethodAsync(Sample.Address, "seqno", null, default);
        HttpListenerContext context = await listener.GetContextAsync();
        await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes("{\"ok\": true, \"result\": {\"exit_code\": 0, \"stack\": [" + item + "]}}"));
        context.Response.Close();

        Assert.Equal(ChainFailure.BadAnswer, (await Assert.ThrowsAsync<ChainException>(() => call)).Failure);
    }

    private static async Task<HttpListenerRequest> AnswerAsync(HttpListener listener, ToncenterClient client)
    {
        Task<uint> call = client.GetMasterchainSeqnoAsync(default);
        HttpListenerContext context = await listener.GetContextAsync();
        await context.Response.OutputStream.WriteAsync("""{"ok": true, "result": {"last": {"seqno": 7}}}"""u8.ToArray());
        context.Response.Close();
        Assert.Equal(7u, await call);
        return context.Request;
    }

    private static (HttpListener Listener, Uri Address) Listen()
    {
        // HttpListener takes no port 0: the first free one from an odd place on.
        for (int port = 38_211; ; port++)
        {
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return (listener, new Uri($"http://127.0.0.1:{port}/api/v2/"));
            }
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }
}
