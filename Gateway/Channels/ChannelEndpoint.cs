using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Gateway.Channels;

/// <summary>A client's own channels: on what terms, opening one, and how each stands. The client computes the address itself and funds no other.</summary>
public sealed class ChannelEndpoint(GrainCalls grains, BodyReader bodies)
{
    /// <summary><c>GET /v1/channel-terms</c>: the operator's side.</summary>
    public async Task<IResult> OfferAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return await FindOfferAsync(http) is { } offer ? Document(ChannelJson.Of(offer)) : NotAccepted();
    }

    /// <summary><c>POST /v1/channels</c>: the operator knows of the channel, and looks for it on the chain. Repeating it answers with the channel as it stands.</summary>
    public async Task<IResult> OpenAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null)
        {
            return error;
        }

        ChannelRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(body, ChannelRequestJson.Default.ChannelRequest);
        }
        catch (JsonException e)
        {
            return new ApiError(ErrorKinds.InvalidValue, "The body must be a JSON object of payer_address, payer_key, close_delay and salt.") { Param = e.Path };
        }

        if (await FindOfferAsync(http) is not { } offer)
        {
            return NotAccepted();
        }

        (ClientChannelOpening? opening, string? wrong) = Read(request, http.Features.GetRequiredFeature<Caller>(), offer);
        if (opening is null)
        {
            return new ApiError(ErrorKinds.InvalidValue, $"{wrong} is not what GET /v1/channel-terms allows, or malformed.") { Param = wrong };
        }

        ClientChannelView? channel = await grains.InvokeAsync((client, token) => client.GetGrain<IChannelDeskGrain>(0).OpenAsync(opening, token));
        return channel is not null
            ? Document(ChannelJson.Of(channel))
            : new ApiError(ErrorKinds.InvalidValue, "The channel can't be opened: the account has as many as it may, or the address is another account's.");
    }

    /// <summary><c>GET /v1/channels</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        IReadOnlyList<ClientChannelView> channels = await grains.InvokeAsync(
            (client, token) => client.GetGrain<IChannelDeskGrain>(0).ListAsync(caller.AccountId, token), http.RequestAborted);
        return Document(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. channels.Select(ChannelJson.Of)]) });
    }

    /// <summary><c>GET /v1/channels/{address}</c>: with the best voucher that the operator holds, so that a payer that lost its file can go on.</summary>
    public async Task<IResult> FindAsync(string address, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        ClientChannelView? channel = Raw(address) is { } raw
            ? await grains.InvokeAsync((client, token) => client.GetGrain<IChannelDeskGrain>(0).FindAsync(caller.AccountId, raw, token), http.RequestAborted)
            : null;
        return channel is not null ? Document(ChannelJson.Of(channel)) : new ApiError(ErrorKinds.UnknownChannel, "The account has no channel at this address.");
    }

    private Task<ClientChannelOffer?> FindOfferAsync(HttpContext http) =>
        grains.InvokeAsync(static (client, token) => client.GetGrain<IChannelDeskGrain>(0).GetOfferAsync(token), http.RequestAborted);

    private static (ClientChannelOpening? Opening, string? Wrong) Read(ChannelRequest? request, Caller caller, ClientChannelOffer offer)
    {
        if (Raw(request?.PayerAddress) is not { } payer)
        {
            return (null, "payer_address");
        }

        byte[] key;
        try
        {
            key = Bits256.Parse(request!.PayerKey, "payer_key").ToArray();
        }
        catch (TonFormatException)
        {
            return (null, "payer_key");
        }

        return key.All(part => part == 0) || key.AsSpan().SequenceEqual(offer.PayeeKey) ? (null, "payer_key")
            : request.CloseDelay < offer.LeastCloseDelay || request.CloseDelay > offer.MostCloseDelay ? (null, "close_delay")
            : request.Salt is not { Length: 16 } || !ulong.TryParse(request.Salt, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong salt) ? (null, "salt")
            : (new ClientChannelOpening(caller.AccountId, payer, key, request.CloseDelay, salt), null);
    }

    private static string? Raw(string? address)
    {
        try
        {
            return TonAddress.ParseRaw(address) is { Workchain: 0 } parsed ? parsed.ToString() : null;
        }
        catch (TonFormatException)
        {
            return null;
        }
    }

    private static ApiError NotAccepted() => new(ErrorKinds.ChannelsNotAccepted, "This network takes no channels from clients.");

    private static IResult Document(JsonObject document) => Results.Text(document.ToJsonString(), BodyReader.Json);
}
