using System.Buffers.Text;
using System.Text.Json;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Client.Payments;

/// <summary>How a channel stands by the operator's word, as <c>GET /v1/channels/{address}</c> and refusals tell it. Nothing is signed on that word beyond what the payer itself asked for.</summary>
/// <param name="Address">The channel, in raw form.</param>
/// <param name="Phase"><c>unfunded</c>, <c>open</c>, <c>closing</c> or <c>closed</c>.</param>
/// <param name="Deposited">What the chain has of it, in nano.</param>
/// <param name="Claimed">What the operator got, in nano.</param>
/// <param name="Captured">What the operator says was used, in nano.</param>
/// <param name="Held">What it holds for requests that run, in nano.</param>
/// <param name="Voucher">The best voucher that it has; null before the first, or where it is malformed. It proves itself.</param>
/// <param name="Forks">In how many serials it has two different vouchers.</param>
public sealed record OperatorChannel(string Address, string Phase, Nano Deposited, Nano Claimed, Nano Captured, Nano Held, SignedVoucher? Voucher, int Forks)
{
    /// <summary>What the operator counts, or got on the chain, beyond what the payer asked for and signed, in nano; zero where all is well.</summary>
    /// <param name="promised">All that the payer signed.</param>
    /// <param name="used">What it knows was used.</param>
    /// <param name="unsure">The most that requests may cost whose end it doesn't know.</param>
    public Nano Beyond(Nano promised, Nano used, Nano unsure) =>
        Nano.Max(Nano.Zero, Nano.Max(Captured - (used + unsure), Claimed - promised));

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static OperatorChannel Read(JsonElement json)
    {
        try
        {
            SignedVoucher? voucher = null;
            if (json.GetProperty("voucher") is { ValueKind: JsonValueKind.String } bytes && bytes.GetString() is { Length: <= 2 * SignedVoucher.MaxBytes } text)
            {
                voucher = SignedVoucher.Parse(Base64Url.DecodeFromChars(text));
            }

            return new OperatorChannel(
                json.GetProperty("address").GetString()!, json.GetProperty("phase").GetString()!, Amount(json, "deposited"), Amount(json, "claimed"), Amount(json, "captured"),
                Amount(json, "held"), voucher, json.GetProperty("forks").GetInt32());
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or TonFormatException or FormatException)
        {
            throw new FormatException("The gateway's word on a channel can't be read.", e);
        }
    }

    private static Nano Amount(JsonElement json, string name) =>
        Nano.TryParse(json.GetProperty(name).GetString(), out var amount) ? amount : throw new FormatException($"{name} is no amount");
}
