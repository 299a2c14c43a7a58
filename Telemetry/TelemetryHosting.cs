using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CocoonOrleans.Market.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CocoonOrleans.Telemetry;

/// <summary>Puts OpenTelemetry into a process: traces, metrics and logs to a collector, metrics for Prometheus.</summary>
public static class TelemetryHosting
{
    /// <summary>Our own meters and sources, all of which begin so.</summary>
    private const string Ours = "CocoonOrleans.*";

    // The usual boundaries are milliseconds: all that takes seconds would lie in the first two.
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

    private static readonly double[] Sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    /// <summary>Adds what section <c>Telemetry</c> asks for.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The name of the kind of process, as <c>cocoon-gateway</c>.</param>
    /// <returns>Whether anything is shown: only then need calls between processes carry a trace.</returns>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static bool AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(service);
        builder.Services.AddStrictOptions<TelemetryOptions>(builder.Configuration.GetSection(TelemetryOptions.Section));
        TelemetryOptions options = Read(builder);
        if (!options.IsOn)
        {
            return false;
        }

        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                service,
                serviceVersion: typeof(TelemetryHosting).Assembly.GetName().Version?.ToString(3),
                autoGenerateServiceInstanceId: false,
                serviceInstanceId: options.Instance ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}")))
            .WithMetrics(metrics => AddMeters(metrics, options));
        if (options.OtlpEndpoint is { } endpoint)
        {
            // The host itself reads whose request a trace is. A second reader would take over what else the caller sent.
            Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
            builder.Services.Configure<MetricReaderOptions>(reader =>
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.MetricsEvery.TotalMilliseconds);
            telemetry
                .WithTracing(traces => AddSources(traces, options))
                .WithLogging(static _ => { }, static logs => logs.IncludeFormattedMessage = true)
                .UseOtlpExporter(options.OtlpProtocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, endpoint);
        }

        return true;
    }

    private static void AddMeters(MeterProviderBuilder metrics, TelemetryOptions options)
    {
        metrics.AddMeter(Ours, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql")
            .AddView(static instrument => instrument switch
            {
                Histogram<double> { Unit: "s", Advice: null } => new ExplicitBucketHistogramConfiguration { Boundaries = Seconds },
                Histogram<int> { Advice: null } => new ExplicitBucketHistogramConfiguration { Boundaries = Sizes },
                _ => null,
            })
            .AddRuntimeInstrumentation();
        if (options.PrometheusListen is { } listen)
        {
            IPEndPoint at = IPEndPoint.Parse(listen);
            metrics.AddPrometheusHttpListener(prometheus => (prometheus.Host, prometheus.Port) = (HostOf(at.Address), at.Port));
        }
    }

    // The listener knows host names, not addresses: a plus sign is every address.
    private static string HostOf(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "+"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]"
        : address.ToString();

    private static void AddSources(TracerProviderBuilder traces, TelemetryOptions options) => traces
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SampleRatio)))
        .AddSource(Ours, "Microsoft.Orleans.*", "System.Net.Http", "Npgsql")

        // Paths alone, without queries and bodies: what is asked and answered is nobody's.
        .AddAspNetCoreInstrumentation(static web => web.Filter = static http => !http.Request.Path.StartsWithSegments("/health"));

    /// <summary>Reads what must be known before the host is built, by the same rules as all other options.</summary>
    private static TelemetryOptions Read(IHostApplicationBuilder builder)
    {
        var services = new ServiceCollection();
        services.AddStrictOptions<TelemetryOptions>(builder.Configuration.GetSection(TelemetryOptions.Section));
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TelemetryOptions>>().Value;
    }
}
