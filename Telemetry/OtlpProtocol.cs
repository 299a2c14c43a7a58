namespace CocoonOrleans.Telemetry;

/// <summary>How telemetry travels to a collector (OpenTelemetry Protocol specification 1.x).</summary>
public enum OtlpProtocol
{
    /// <summary>Protobuf in HTTP/1.1 posts; a collector's port 4318.</summary>
    HttpProtobuf,

    /// <summary>gRPC over HTTP/2; a collector's port 4317.</summary>
    Grpc,
}
