namespace CocoonOrleans.Grains.Channels;

/// <summary>The newest voucher of a provider's channel.</summary>
/// <param name="Channel">The channel's address in raw form.</param>
/// <param name="Serial">Its number; a higher one replaces all before.</param>
/// <param name="Bytes">The signed voucher.</param>
[GenerateSerializer, Alias("cocoon.ChannelVoucher")]
public sealed record ChannelVoucher([property: Id(0)] string Channel, [property: Id(1)] long Serial, [property: Id(2)] byte[] Bytes);
