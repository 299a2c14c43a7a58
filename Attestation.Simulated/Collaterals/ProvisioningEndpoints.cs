using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Attestation.Simulated.Collaterals;

/// <summary>Plays Intel's provisioning certification service, version 4, with one set of collateral: what a cache such as PCCS answers.</summary>
internal static class ProvisioningEndpoints
{
    private const string Standard = "standard";

    /// <summary>Maps it.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="collateral">Gives the set, in the layout of Intel's quote collateral.</param>
    public static void MapProvisioning(this IEndpointRouteBuilder routes, Func<JsonObject> collateral)
    {
        routes.MapGet("/tdx/certification/v4/tcb", (HttpContext context, string fmspc, string? update) =>
        {
            var set = collateral();
            using var info = JsonDocument.Parse(Text(set, "tcb_info"));
            return !string.Equals(info.RootElement.GetProperty("fmspc").GetString(), fmspc, StringComparison.OrdinalIgnoreCase) || update != Standard
                ? Results.NotFound()
                : Document(context, set, "tcbInfo", "tcb_info", "TCB-Info-Issuer-Chain");
        });
        routes.MapGet("/tdx/certification/v4/qe/identity", (HttpContext context, string? update) =>
            update == Standard ? Document(context, collateral(), "enclaveIdentity", "qe_identity", "SGX-Enclave-Identity-Issuer-Chain") : Results.NotFound());
        routes.MapGet("/sgx/certification/v4/pckcrl", (HttpContext context, string ca, string? encoding) =>
        {
            var set = collateral();
            if (ca is not ("platform" or "processor") || encoding != "der")
            {
                return Results.BadRequest();
            }

            context.Response.Headers["SGX-PCK-CRL-Issuer-Chain"] = Uri.EscapeDataString(Text(set, "pck_crl_issuer_chain"));
            return Results.Bytes(Convert.FromHexString(Text(set, "pck_crl")), "application/pkix-crl");
        });

        // A cache answers in hex, Intel's own server in DER.
        routes.MapGet("/sgx/certification/v4/rootcacrl", () => Results.Text(Text(collateral(), "root_ca_crl"), MediaTypeNames.Text.Plain));
    }

    private static IResult Document(HttpContext context, JsonObject set, string name, string member, string header)
    {
        context.Response.Headers[header] = Uri.EscapeDataString(Text(set, $"{member}_issuer_chain"));

        // The signed text goes in as it stands.
        return Results.Text($$"""{"{{name}}":{{Text(set, member)}},"signature":"{{Text(set, $"{member}_signature")}}"}""", MediaTypeNames.Application.Json);
    }

    private static string Text(JsonObject set, string name) => set[name]!.GetValue<string>();
}
