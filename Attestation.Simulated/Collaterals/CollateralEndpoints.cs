using System.Net.Mime;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Attestation.Simulated.Collaterals;

/// <summary>What a development network needs beside quotes: <c>GET /collateral</c>, <c>GET /anchor</c> and <c>GET /image</c>.</summary>
internal static class CollateralEndpoints
{
    public static void MapCollateral(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/collateral", (IssuedCollateral issued) => Results.Text(issued.Current().ToJsonString(), MediaTypeNames.Application.Json));
        routes.MapGet("/anchor", (SimulatedWorld world) => Results.Json(
            SimulatedAnchor.Of(world), AnchorJson.Default.SimulatedAnchor));
        routes.MapGet("/image", () => Results.Bytes(SimulatedImage.Manifest.Encode(), "application/cbor"));
    }
}
