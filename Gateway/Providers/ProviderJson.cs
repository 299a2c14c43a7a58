using System.Text.Json;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Providers;

namespace CocoonOrleans.Gateway.Providers;

/// <summary>How providers' answers are written: snake case, amounts as decimal strings of nano, signed bytes in base64.</summary>
internal static class ProviderJson
{
    public static void Write(Utf8JsonWriter json, ProviderView view)
    {
        json.WriteStartObject();
        json.WriteString("provider_id", view.AccountId);
        Write(json, "payout", view.Payout);
        Write(json, "next", view.Next);
        json.WriteString("channel", view.Channel);
        json.WriteString("due", view.Due.ToString());
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ProviderStatement statement)
    {
        json.WriteStartObject();
        json.WriteString("provider_id", statement.AccountId);
        json.WriteString("at", statement.At);
        json.WriteString("earned", statement.Earned.ToString());
        json.WriteString("charged", statement.Charged.ToString());
        json.WriteString("promised", statement.Promised.ToString());
        json.WriteString("due", statement.Due.ToString());
        json.WriteStartArray("days");
        foreach (ProviderDay day in statement.Days)
        {
            json.WriteStartObject();
            json.WriteString("day", day.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteNumber("jobs", day.Jobs);
            json.WriteString("earned", day.Earned.ToString());
            json.WriteString("promised", day.Promised.ToString());
            json.WriteString("charged", day.Charged.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (statement.Channel is { } channel)
        {
            json.WriteStartObject("channel");
            json.WriteString("address", channel.Channel);
            json.WriteString("phase", channel.Phase);
            json.WriteString("deposited", channel.Deposited.ToString());
            json.WriteString("claimed", channel.Claimed.ToString());
            json.WriteNumber("serial", channel.Serial);
            json.WriteString("cumulative", channel.Cumulative.ToString());
            json.WriteBase64String("voucher", channel.Voucher);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("channel");
        }

        Write(json, "payout", statement.Payout);
        Write(json, "next", statement.Next);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, string channel, ChannelClose offer)
    {
        json.WriteStartObject();
        json.WriteString("channel", channel);
        json.WriteString("cumulative", offer.Cumulative.ToString());
        json.WriteBase64String("close", offer.Close);
        json.WriteBase64String("payer", offer.Payer);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, PayoutView? payout)
    {
        if (payout is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("address", payout.Address);
        json.WriteString("threshold", payout.Threshold.ToString());
        json.WriteString("holds_from", payout.HoldsFrom);
        json.WriteBoolean("by_transfer", payout.ByTransfer);
        json.WriteEndObject();
    }
}
