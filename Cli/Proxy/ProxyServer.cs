using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Client;
using CocoonOrleans.Sealing.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Cli.Proxy;

/// <summary>
/// A server on the loopback address that passes requests through a sealing handler. It logs nothing, takes nobody without its own token, and puts the API key
/// of the gateway in the token's place: other programs on the machine have neither.
/// </summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private const int MostConnections = 256;

    /// <summary>The headers of a gateway's answer that clients act on.</summary>
    private static readonly string[] PassedOn =
        ["Retry-After", "retry-after-ms", "x-should-retry", "x-request-id", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _sender;
    private readonly byte[] _token;
    private readonly Uri _gateway;
    private readonly string _key;

    private ProxyServer(WebApplication app, HttpMessageInvoker sender, string token, Uri gateway, string key)
    {
        _app = app;
        _sender = sender;
        _token = Encoding.ASCII.GetBytes($"Bearer {token}");
        _gateway = gateway;
        _key = key;
    }

    /// <summary>Starts it.</summary>
    /// <param name="port">The port on 127.0.0.1.</param>
    /// <param name="token">What clients must have as their API key.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="key">The API key for it.</param>
    /// <param name="handler">Seals; disposed of with the server.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ProxyServer> StartAsync(
        int port, string token, Uri gateway, string key, CocoonSealingHandler handler, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = SealedRequest.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        var server = new ProxyServer(app, new HttpMessageInvoker(handler), token, gateway, key);
        app.Run(server.HandleAsync);
        await app.StartAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _sender.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _token))
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, "invalid_request_error", "invalid_api_key", "This proxy has a token of its own: send it as the API key. It shows it at its start.");
            return;
        }

        try
        {
            using var request = await RequestAsync(http);
            using var response = await _sender.SendAsync(request, http.RequestAborted);
            await AnswerAsync(http, response);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(http, e.StatusCode, "invalid_request_error", "request_too_large", "The body can't be taken.");
        }
        catch (SealingRefusedException e)
        {
            var isOurs = e.Code is SealingRefusalCodes.RequestUnsupported or SealingRefusalCodes.RequestHold;
            await RefuseAsync(
                http, isOurs ? StatusCodes.Status400BadRequest : StatusCodes.Status502BadGateway, isOurs ? "invalid_request_error" : "server_error", e.Code, e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await RefuseAsync(http, StatusCodes.Status502BadGateway, "server_error", "gateway_unreachable", "The gateway can't be reached, or the connection broke.");
        }
    }

    private async Task<HttpRequestMessage> RequestAsync(HttpContext http)
    {
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(_gateway, $"{http.Request.Path.ToUriComponent()}{http.Request.QueryString.ToUriComponent()}"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _key) },
        };
        if (http.Request.Headers["Idempotency-Key"] is [{ } idempotencyKey])
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        return request;
    }

    private static async Task AnswerAsync(HttpContext http, HttpResponseMessage response)
    {
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var name in PassedOn)
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                http.Response.Headers[name] = values.ToArray();
            }
        }

        await using var body = await response.Content.ReadAsStreamAsync(http.RequestAborted);
        var buffer = new byte[32 << 10];
        while (await body.ReadAsync(buffer, http.RequestAborted) is var length and > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, length), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Where an answer has begun it breaks: a clean end would be taken for a whole one.</summary>
    private static Task RefuseAsync(HttpContext http, int status, string type, string code, string message)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        var error = new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = code } };
        http.Response.Clear();
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(error.ToJsonString(), http.RequestAborted);
    }
}
