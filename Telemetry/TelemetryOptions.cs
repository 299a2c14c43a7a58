using System.ComponentModel.DataAnnotations;
using System.Net;

namespace CocoonOrleans.Telemetry;

/// <summary>Where a process shows what it measures. Nothing is shown, and nothing costs, as long as both ends are absent.</summary>
public sealed class TelemetryOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Telemetry";

    /// <summary>A collector's address, as <c>http://127.0.0.1:4318</c>, to which traces, metrics and logs are sent; null for none.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>How it is spoken to.</summary>
    [EnumDataType(typeof(OtlpProtocol))]
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.HttpProtobuf;

    /// <summary>How often metrics are sent to the collector.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan MetricsEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Where Prometheus fetches metrics (<c>/metrics</c>): an address and port, as <c>127.0.0.1:9464</c>; null for nowhere. It asks for no password: keep it off public networks.</summary>
    public string? PrometheusListen { get; set; }

    /// <summary>The share of requests that are traced, 0 to 1; what a caller has decided already, stays so.</summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 1;

    /// <summary>The name of this process among its likes in <c>service.instance.id</c>, up to 100 characters; null for machine and process number.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? Instance { get; set; }

    /// <summary>Whether anything is shown at all.</summary>
    public bool IsOn => OtlpEndpoint is not null || PrometheusListen is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OtlpEndpoint is { } endpoint && !(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("must be an absolute http or https address, as http://127.0.0.1:4318.", [nameof(OtlpEndpoint)]);
        }

        if (PrometheusListen is { } listen && !(IPEndPoint.TryParse(listen, out IPEndPoint? at) && at.Port > 0))
        {
            yield return new ValidationResult("must be an IP address and a port, as 127.0.0.1:9464.", [nameof(PrometheusListen)]);
        }
    }
}
