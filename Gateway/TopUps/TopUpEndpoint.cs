using System.Text.Json;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Links;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>How a client pays in for its prepaid account, and what of it has arrived.</summary>
public sealed class TopUpEndpoint(GrainCalls grains, BodyReader bodies, IOptions<CurrencyOptions> currency, TimeProvider time)
{
    /// <summary>How long a wallet app may take over a TON Connect message. A link has no end: what arrives late is credited too.</summary>
    private static readonly TimeSpan MessageLife = TimeSpan.FromMinutes(15);

    /// <summary><c>POST /v1/topups</c>: link, TON Connect message, QR and memo. Nothing is stored but the account's memo, so it may be repeated at will.</summary>
    public async Task<IResult> CreateAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null)
        {
            return error;
        }

        TopUpRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(body, TopUpRequestJson.Default.TopUpRequest);
        }
        catch (JsonException e)
        {
            return new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object with nothing in it or an amount, a decimal string of nano.") { Param = e.Path };
        }

        Nano? amount = null;
        if (request?.Amount is { } text)
        {
            if (!Nano.TryParse(text, out Nano given) || given <= Nano.Zero)
            {
                return new ApiError(ErrorKinds.InvalidValue, "amount must be a decimal string of nano, above zero.") { Param = "amount" };
            }

            amount = given;
        }

        Caller caller = http.Features.GetRequiredFeature<Caller>();
        DepositInstructions pay = await grains.InvokeAsync(
            (client, token) => client.GetGrain<IDepositDeskGrain>(0).GetInstructionsAsync(caller.AccountId, token), http.RequestAborted);
        return Refusal(pay, amount) is { } refusal ? refusal : Document(pay, amount);
    }

    /// <summary><c>GET /v1/topups</c>: the account's newest deposits.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        IReadOnlyList<DepositView> deposits = await grains.InvokeAsync(
            (client, token) => client.GetGrain<IDepositDeskGrain>(0).ListAsync(caller.AccountId, token), http.RequestAborted);
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("object", "list");
                json.WriteStartArray("data");
                foreach (DepositView deposit in deposits)
                {
                    TopUpJson.WriteDeposit(json, deposit, forOperator: false);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }),
            BodyReader.Json);
    }

    private static ApiError? Refusal(DepositInstructions pay, Nano? amount) => pay.Availability switch
    {
        DepositAvailability.NotAccepted => new ApiError(ErrorKinds.TopUpsNotAccepted, "This network takes no deposits to prepaid accounts."),
        DepositAvailability.NotYet => new ApiError(ErrorKinds.TopUpsNotReady, "The wallet that takes deposits is not ready, or the chain does not answer."),
        DepositAvailability.Insolvent => new ApiError(ErrorKinds.TopUpsSuspended, "The operator's newest proof of solvency shows fewer coins than debts, so no more deposits are asked for."),
        DepositAvailability.NoAccount => new ApiError(ErrorKinds.AccountClosed, "The account takes no deposits any more."),
        _ when amount < pay.Least => new ApiError(ErrorKinds.InvalidValue, $"amount must be at least {pay.Least} nano; less would wait for the operator.") { Param = "amount" },
        _ when amount is { } given && given > pay.Cap - pay.Balance => new ApiError(
            ErrorKinds.InvalidValue, $"With that the account would have more than {pay.Cap} nano, which is the most for a prepaid account.") { Param = "amount" },
        _ => null,
    };

    private IResult Document(DepositInstructions pay, Nano? amount)
    {
        var transfer = TransferLink.ToWallet(TonAddress.ParseRaw(pay.Address), pay.Network, pay.Memo, amount);
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("object", "topup");

                // Until it is spent, the operator has it.
                json.WriteString("custody", "operator");
                json.WriteNumber("network", pay.Network);
                json.WriteStartObject("currency");
                json.WriteString("name", currency.Value.Name);
                json.WriteString("symbol", currency.Value.Symbol);
                json.WriteEndObject();
                json.WriteString("memo", pay.Memo);
                json.WriteString("least", pay.Least.ToString());
                json.WriteString("most", Nano.Max(Nano.Zero, pay.Cap - pay.Balance).ToString());
                json.WriteString("balance", pay.Balance.ToString());
                TopUpJson.WriteTransfer(json, transfer, time.GetUtcNow() + MessageLife);
                json.WriteEndObject();
            }),
            BodyReader.Json);
    }
}
