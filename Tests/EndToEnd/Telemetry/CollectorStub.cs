using System.Collections.Concurrent;
using System.Text;
using CocoonOrleans.Cli.Network;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Tests.EndToEnd.Telemetry;

/// <summary>A collector on the loopback address that keeps what it is sent (OTLP over HTTP: opentelemetry-proto, <c>trace.proto</c>).</summary>
internal sealed class CollectorStub : IAsyncDisposable
{
    private readonly IHost _host;

    private CollectorStub(IHost host, Uri url)
    {
        _host = host;
        Url = url;
    }

    public Uri Url { get; }

    /// <summary>Every body, by its path.</summary>
    public ConcurrentQueue<(string Path, byte[] Body)> Bodies { get; } = new();

    public IReadOnlyList<TracedSpan> Spans =>
    [
        .. from body in Bodies
           where body.Path == "/v1/traces"
           from resource in ProtobufFields.Of(body.Body, 1)
           let service = ServiceOf(resource)
           from scope in ProtobufFields.Of(resource, 2)
           from span in ProtobufFields.Of(scope, 2)
           select new TracedSpan(service, Text(span, 5), Hex(span, 1), Hex(span, 2), Hex(span, 4)),
    ];

    public static async Task<CollectorStub> StartAsync()
    {
        var port = FreePorts.Take(1)[0];
        var url = new Uri($"http://127.0.0.1:{port}");
        CollectorStub? stub = null;
        var host = new HostBuilder().ConfigureWebHost(web => web
            .UseKestrel()
            .UseUrls(url.ToString())
            .ConfigureServices(services => services.AddRouting())
            .Configure(app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapPost("/v1/{signal}", async (HttpContext http) =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                stub!.Bodies.Enqueue((http.Request.Path.Value!, body.ToArray()));
            })))).Build();
        stub = new CollectorStub(host, url);
        await host.StartAsync();
        return stub;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    // Resource (1) has attributes (1), each a key (1) and a value (2), a string of which is its field 1.
    private static string ServiceOf(byte[] resourceSpans) =>
        (from resource in ProtobufFields.Of(resourceSpans, 1)
         from attribute in ProtobufFields.Of(resource, 1)
         where Text(attribute, 1) == "service.name"
         from value in ProtobufFields.Of(attribute, 2)
         select Text(value, 1)).Single();

    private static string Text(byte[] message, int field) => Encoding.UTF8.GetString(ProtobufFields.Of(message, field).SingleOrDefault() ?? []);

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(ProtobufFields.Of(message, field).SingleOrDefault() ?? []);
}
