using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Solvency;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Gateway.Solvency;

/// <summary>Whether the operator's coins cover its debts.</summary>
public sealed class SolvencyEndpoint(GrainCalls grains)
{
    /// <summary><c>GET /v1/solvency</c>: the newest signed statement, and the caller's own debts in it with their paths.</summary>
    public async Task<IResult> GetAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        SolvencyProofView? proof = await grains.InvokeAsync(
            (client, token) => client.GetGrain<ISolvencyDeskGrain>(0).GetAsync(caller.AccountId, token), http.RequestAborted);
        return proof is null
            ? new ApiError(ErrorKinds.NoSolvencyProof, "There is no proof of solvency yet.")
            : Results.Bytes(
                AnswerJson.Write(json =>
                {
                    json.WriteStartObject();
                    json.WritePropertyName("statement");
                    json.WriteRawValue(proof.Document, skipInputValidation: true);
                    json.WriteString("account_id", caller.AccountId);
                    json.WritePropertyName("own");
                    json.WriteRawValue(proof.Paths, skipInputValidation: true);
                    json.WriteEndObject();
                }),
                BodyReader.Json);
    }

    /// <summary><c>GET /admin/solvency</c>: the ledger's sums beside the chain, now, address by address.</summary>
    public async Task<IResult> CheckAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        SolvencyReport? report = await grains.InvokeAsync(static (client, token) => client.GetGrain<ISolvencyDeskGrain>(0).CheckAsync(token), http.RequestAborted);
        return report is null
            ? new ApiError(ErrorKinds.NoSolvencyProof, "This network settles on no chain, or the chain does not answer.")
            : Results.Bytes(
                AnswerJson.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("seqno", report.Seqno);
                    json.WriteNumber("time", report.Time);
                    json.WriteString("assets", report.Assets.ToString());
                    json.WriteString("liabilities", report.Liabilities.ToString());
                    json.WriteBoolean("solvent", report.Assets >= report.Liabilities);
                    json.WriteStartArray("classes");
                    foreach (SolvencyClassSum sum in report.Classes)
                    {
                        json.WriteStartObject();
                        json.WriteString("class", sum.Class);
                        json.WriteString("balance", sum.Balance.ToString());
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteStartArray("addresses");
                    foreach (SolvencyAssetReport address in report.Addresses)
                    {
                        json.WriteStartObject();
                        json.WriteString("kind", address.Kind);
                        json.WriteString("address", address.Address);
                        json.WriteString("booked", address.Booked.ToString());
                        json.WriteString("on_chain", address.OnChain.ToString());
                        json.WriteBoolean("moving", address.IsMoving);
                        json.WriteBoolean("differs", address.Differs);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }),
                BodyReader.Json);
    }
}
