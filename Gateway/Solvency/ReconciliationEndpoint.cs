using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Wallets;

namespace CocoonOrleans.Gateway.Solvency;

/// <summary>The wallet's history beside the book, after a ledger came from a backup.</summary>
public sealed class ReconciliationEndpoint(GrainCalls grains)
{
    /// <summary><c>GET /admin/wallet/reconciliation</c>: what left that the book doesn't know, and what it was for; nothing is changed.</summary>
    public Task<IResult> ShowAsync(HttpContext http) => ReconcileAsync(apply: false, accept: 0, http);

    /// <summary><c>POST /admin/wallet/reconciliation?accept=LT</c>: books what can be explained; with a transaction's logical time also counts the rest as lost.</summary>
    public async Task<IResult> ApplyAsync(long? accept, HttpContext http) => accept < 0
        ? new ApiError(ErrorKinds.InvalidValue, "accept must be the logical time of the transaction that stops the wallet.") { Param = "accept" }
        : await ReconcileAsync(apply: true, accept ?? 0, http);

    private async Task<IResult> ReconcileAsync(bool apply, long accept, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        string? wallet = await grains.InvokeAsync(static (client, token) => client.GetGrain<IWalletDeskGrain>(0).FindAsync(token), http.RequestAborted);
        WalletReconciliation? reconciliation = wallet is null
            ? null
            : await grains.InvokeAsync((client, token) => client.GetGrain<IWalletGrain>(wallet).ReconcileAsync(apply, accept, token), http.RequestAborted);
        return reconciliation?.Status switch
        {
            null or WalletReconciliationStatus.NoWallet => new ApiError(ErrorKinds.NoSolvencyProof, "This network settles on no chain."),
            WalletReconciliationStatus.ChainAway => new ApiError(ErrorKinds.NoSolvencyProof, "The chain does not answer, or its endpoints don't agree."),
            _ => Results.Bytes(
                AnswerJson.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("wallet", reconciliation!.Wallet);
                    json.WriteString("state", reconciliation.Status.ToString().ToLowerInvariant());
                    json.WriteNumber("stopped_lt", reconciliation.StoppedLt);
                    json.WriteBoolean("applied", reconciliation.IsApplied);
                    json.WriteBoolean("more", reconciliation.HasMore);
                    json.WriteStartArray("payments");
                    foreach (ReconciledPayment payment in reconciliation.Payments)
                    {
                        json.WriteStartObject();
                        json.WriteNumber("lt", payment.Lt);
                        json.WriteString("transaction", Convert.ToHexStringLower(payment.Hash));
                        json.WriteString("destination", payment.Destination);
                        json.WriteString("value", payment.Value.ToString());
                        json.WriteString("kind", payment.Kind);
                        json.WriteString("account_id", payment.AccountId);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }),
                BodyReader.Json),
        };
    }
}
