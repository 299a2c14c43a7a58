using System.Text.Json;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>Deposits that wait for the operator: unknown or encrypted memos, amounts below the least or above the cap.</summary>
public sealed class AdminDepositsEndpoint(GrainCalls grains, BodyReader bodies)
{
    /// <summary><c>GET /admin/deposits</c>: those that wait.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        IReadOnlyList<DepositView> deposits = await grains.InvokeAsync(
            static (client, token) => client.GetGrain<IDepositDeskGrain>(0).ListSuspenseAsync(token), http.RequestAborted);
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("object", "list");
                json.WriteStartArray("data");
                foreach (DepositView deposit in deposits)
                {
                    TopUpJson.WriteDeposit(json, deposit, forOperator: true);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }),
            BodyReader.Json);
    }

    /// <summary><c>POST /admin/deposits/{id}/assign</c> with <c>account_id</c>; <c>treasury</c> for the operator's own coins.</summary>
    public async Task<IResult> AssignAsync(long id, HttpContext http)
    {
        (DepositWish? wish, ApiError? error) = await ReadAsync(http);
        return wish is null ? error!
            : !AccountId.IsValid(wish.AccountId) ? new ApiError(ErrorKinds.InvalidValue, "account_id must name the account that gets the deposit.") { Param = "account_id" }
            : Answer(await grains.InvokeAsync((client, token) => client.GetGrain<IDepositDeskGrain>(0).AssignAsync(id, wish.AccountId!, token)), "account_id");
    }

    /// <summary><c>POST /admin/deposits/{id}/refund</c> with <c>address</c>: one that the client gave, never the sender's unasked.</summary>
    public async Task<IResult> RefundAsync(long id, HttpContext http)
    {
        (DepositWish? wish, ApiError? error) = await ReadAsync(http);
        return wish is null ? error!
            : string.IsNullOrEmpty(wish.Address) ? new ApiError(ErrorKinds.InvalidValue, "address must name where the client wants it.") { Param = "address" }
            : Answer(await grains.InvokeAsync((client, token) => client.GetGrain<IDepositDeskGrain>(0).RefundAsync(id, wish.Address, token)), "address");
    }

    private static IResult Answer(DepositSettlement settlement, string param) => settlement.Status switch
    {
        DepositSettlementStatus.Settled => Results.Bytes(AnswerJson.Write(json => TopUpJson.WriteDeposit(json, settlement.Deposit!, forOperator: true)), BodyReader.Json),
        DepositSettlementStatus.SettledOtherwise => new ApiError(ErrorKinds.DepositSettled, $"Deposit {settlement.Deposit!.Id} is {settlement.Deposit.State} already."),
        DepositSettlementStatus.UnknownDeposit => new ApiError(ErrorKinds.UnknownDeposit, "There is no such deposit."),
        DepositSettlementStatus.AccountRefused => new ApiError(ErrorKinds.UnknownAccount, "There is no such client account, or it is closed.") { Param = param },
        _ => new ApiError(ErrorKinds.InvalidValue, $"{param} is none of this network.") { Param = param },
    };

    private async Task<(DepositWish? Wish, ApiError? Error)> ReadAsync(HttpContext http)
    {
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null)
        {
            return (null, error);
        }

        try
        {
            return JsonSerializer.Deserialize(body, TopUpRequestJson.Default.DepositWish) is { } wish
                ? (wish, null)
                : (null, new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object."));
        }
        catch (JsonException e)
        {
            return (null, new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object with account_id or address.") { Param = e.Path });
        }
    }
}
