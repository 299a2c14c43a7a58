using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Links;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>How a client pays in for its prepaid account, and what of it has arrived.</summary>
public sealed class TopUpEndpoint(GrainCalls grains, BodyReader bodies, IOptions<CurrencyOptions> currency, TimeProvider time)
{
    /// <summary>The most that one top-up puts into a channel: a billion coins.</summary>
    private static readonly Nano MostIntoChannel = Nano.FromCoins(1_000_000_000);

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
            return new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object with nothing in it, an amount (a decimal string of nano), or a channel and an amount.") { Param = e.Path };
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
        if (request?.Channel is { } channel)
        {
            return await TopUpChannelAsync(caller, channel, amount, http.RequestAborted);
        }

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

    /// <summary>The message that puts more into a channel, with its code: the first one deploys it.</summary>
    private async Task<IResult> TopUpChannelAsync(Caller caller, string address, Nano? amount, CancellationToken cancellationToken)
    {
        ClientChannelView? channel = await grains.InvokeAsync(
            (client, token) => client.GetGrain<IChannelDeskGrain>(0).FindAsync(caller.AccountId, address, token), cancellationToken);
        ClientChannelOffer? offer = await grains.InvokeAsync(static (client, token) => client.GetGrain<IChannelDeskGrain>(0).GetOfferAsync(token), cancellationToken);
        if (channel is null || offer is null)
        {
            return new ApiError(ErrorKinds.UnknownChannel, "The account has no channel at this address.") { Param = "channel" };
        }

        if (amount is not { } coins || coins > MostIntoChannel)
        {
            return new ApiError(ErrorKinds.InvalidValue, $"amount says how much goes into the channel: above zero, at most {MostIntoChannel} nano.") { Param = "amount" };
        }

        if (channel.Phase is not ("unfunded" or "open"))
        {
            return new ApiError(ErrorKinds.ChannelNotOpen, $"The channel is {channel.Phase}: it takes nothing more.") { Param = "channel" };
        }

        var terms = new ChannelTerms(
            TonAddress.ParseRaw(channel.PayerAddress),
            new PublicKey(new Bits256(channel.PayerKey)),
            TonAddress.ParseRaw(channel.PayeeAddress),
            new PublicKey(new Bits256(channel.PayeeKey)),
            checked((uint)channel.CloseDelay),
            channel.Salt);
        ulong query = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var transfer = TransferLink.ToContract(terms.Address, offer.Network, coins + ChannelMessages.TopUpGas, ChannelMessages.TopUp(query, coins), terms.Init);
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("object", "topup");

                // What isn't spent stays the client's.
                json.WriteString("custody", "client");
                json.WriteString("channel", channel.Channel);
                json.WriteString("deposit", coins.ToString());
                WriteCoin(json, offer.Network);
                TopUpJson.WriteTransfer(json, transfer, time.GetUtcNow() + MessageLife);
                json.WriteEndObject();
            }),
            BodyReader.Json);
    }

    private void WriteCoin(Utf8JsonWriter json, int network)
    {
        json.WriteNumber("network", network);
        json.WriteStartObject("currency");
        json.WriteString("name", currency.Value.Name);
        json.WriteString("symbol", currency.Value.Symbol);
        json.WriteEndObject();
    }

    private static ApiError? Refusal(DepositInstructions pay, Nano? amount) => pay.Availability switch
    {
        DepositAvailability.NotAccepted => new ApiError(ErrorKinds.TopUpsNotAccepted, "This network takes no deposits to prepaid accounts."),
        DepositAvailability.NotYet => new ApiError(ErrorKinds.TopUpsNotReady, "The wallet that takes deposits is not ready, or the chain does not answer."),
        DepositAvailability.Insolvent => new ApiError(ErrorKinds.TopUpsSuspended, "The operator's newest proof of solvency shows fewer coins than debts, so no more deposits are asked for."),
        DepositAvailability.NoAccount => new ApiError(ErrorKinds.AccountClosed, "The account takes no deposits any more."),
        _ when amount < pay.Least => new ApiError(ErrorKinds.InvalidValue, $"amount must be at least {pay.Least} nano; less would wait for the operator.") { Param = "amount" },
        _ when amount is { } given && given > pay.Cap - pay.Balance => new ApiError(
            ErrorKinds.InvalidValue, $"With that the account would have more than {pay.Cap} nano, which is the most for a prepaid account.")
        { Param = "amount" },
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
                WriteCoin(json, pay.Network);
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
