using System.Text.Json.Serialization;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The newest signed payment promise to the worker's provider. The tunnel and the worker only carry and keep it; who has the provider's wallet can charge it.</summary>
/// <param name="Channel">The account part of the channel's address, 64 hex digits.</param>
/// <param name="Serial">Its number; a higher one replaces all before.</param>
/// <param name="Voucher">The signed voucher (docs/settlement.md, "What is signed"), at most <see cref="MaxVoucherBytes"/>.</param>
public sealed record ProviderVoucher(string Channel, long Serial, byte[] Voucher)
{
    /// <summary>Most bytes of a voucher.</summary>
    public const int MaxVoucherBytes = 256;

    /// <summary>Whether it has the form; what the voucher says is not looked at.</summary>
    [JsonIgnore]
    public bool IsValid =>
        Channel.Length == 64 && !Channel.AsSpan().ContainsAnyExcept("0123456789abcdef") && Serial > 0 && Voucher.Length is >= 1 and <= MaxVoucherBytes;
}
