using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Ton.Links;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>Links and deposits, as JSON.</summary>
internal static class TopUpJson
{
    /// <summary>A transfer in all the forms in which a person or a program can make it.</summary>
    public static void WriteTransfer(Utf8JsonWriter json, TransferLink transfer, DateTimeOffset validUntil)
    {
        string link = transfer.Uri.AbsoluteUri;
        json.WriteString("address", transfer.Address);
        json.WriteString("raw_address", transfer.Destination.ToString());
        json.WriteString("amount", transfer.Amount?.ToString());
        json.WriteString("link", link);
        json.WriteString("qr_svg", QrImage.Svg(link));

        // TON Connect has no message without an amount.
        if (transfer.Amount is { } amount)
        {
            json.WriteStartObject("ton_connect");
            json.WriteNumber("validUntil", validUntil.ToUnixTimeSeconds());
            json.WriteString("network", transfer.Network.ToString(CultureInfo.InvariantCulture));
            json.WriteStartArray("messages");
            json.WriteStartObject();
            json.WriteString("address", transfer.Address);
            json.WriteString("amount", amount.ToString());
            if (transfer.Payload is { } payload)
            {
                json.WriteString("payload", payload);
            }

            if (transfer.StateInit is { } init)
            {
                json.WriteString("stateInit", init);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("ton_connect");
        }
    }

    /// <summary>A deposit.</summary>
    public static void WriteDeposit(Utf8JsonWriter json, DepositView deposit, bool forOperator)
    {
        json.WriteStartObject();
        json.WriteString("object", "deposit");
        json.WriteNumber("id", deposit.Id);
        json.WriteString("amount", deposit.Amount.ToString());
        json.WriteString("state", deposit.State);
        json.WriteString("reason", deposit.Reason);
        json.WriteString("transaction", Convert.ToHexStringLower(deposit.TransactionHash));
        json.WriteString("lt", deposit.Lt.ToString(CultureInfo.InvariantCulture));
        json.WriteString("source", deposit.Source);
        json.WriteString("created_at", deposit.CreatedAt);
        if (deposit.EndedAt is { } ended)
        {
            json.WriteString("settled_at", ended);
        }
        else
        {
            json.WriteNull("settled_at");
        }

        if (forOperator)
        {
            json.WriteString("wallet", deposit.Wallet);
            json.WriteString("account_id", deposit.AccountId);
            json.WriteString("comment", deposit.Comment);
        }

        json.WriteEndObject();
    }
}
