using System.Net.Mime;
using CocoonOrleans.Attestation.Simulated.Hosting;
using CocoonOrleans.Attestation.Simulated.Worlds;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Attestation.Simulated.Collaterals;

/// <summary>What a development network needs beside quotes: <c>GET /collateral</c>, <c>GET /anchor</c>, <c>GET /image</c> and <c>GET /ccel</c>.</summary>
internal static class CollateralEndpoints
{
    public static void MapCollateral(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/collateral", (IssuedCollateral issued) => Results.Text(issued.Current().ToJsonString(), MediaTypeNames.Application.Json));
        routes.MapGet("/anchor", (SimulatedWorld world) => Results.Json(
            SimulatedAnchor.Of(world), AnchorJson.Default.SimulatedAnchor));
        routes.MapGet("/ccel", (IOptions<SimulatedOptions> options) => Results.Bytes(PlatformConditions.BootOf(options.Value).Log, "application/octet-stream"));
        routes.MapGet("/image", () => Results.Bytes(SimulatedImage.Manifest.Encode(), "application/cbor"));
    }
}
