using System.Buffers.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Grains.Channels;

namespace CocoonOrleans.Gateway.Channels;

/// <summary>Channels, as JSON.</summary>
internal static class ChannelJson
{
    public static JsonObject Of(ClientChannelView channel) => new()
    {
        ["object"] = "channel",
        ["address"] = channel.Channel,
        ["payer_address"] = channel.PayerAddress,
        ["payer_key"] = Convert.ToHexStringLower(channel.PayerKey),
        ["payee_address"] = channel.PayeeAddress,
        ["payee_key"] = Convert.ToHexStringLower(channel.PayeeKey),
        ["close_delay"] = channel.CloseDelay,
        ["salt"] = channel.Salt.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        ["phase"] = channel.Phase,
        ["deposited"] = channel.Deposited.ToString(),
        ["claimed"] = channel.Claimed.ToString(),
        ["withdrawn"] = channel.Withdrawn.ToString(),
        ["pending_withdraw"] = channel.PendingWithdraw.ToString(),
        ["unlock_time"] = channel.UnlockTime,
        ["captured"] = channel.Captured.ToString(),
        ["held"] = channel.Held.ToString(),
        ["voucher"] = channel.Voucher is { } voucher ? Base64Url.EncodeToString(voucher) : null,
        ["forks"] = channel.Forks,
    };

    public static JsonObject Of(ClientChannelOffer offer) => new()
    {
        ["object"] = "channel_terms",
        ["network"] = offer.Network,
        ["payee_address"] = offer.PayeeAddress,
        ["payee_key"] = Convert.ToHexStringLower(offer.PayeeKey),
        ["code_hash"] = Convert.ToHexStringLower(offer.CodeHash),
        ["least_close_delay"] = offer.LeastCloseDelay,
        ["most_close_delay"] = offer.MostCloseDelay,
        ["credit_window"] = offer.CreditWindow.ToString(),
    };
}
