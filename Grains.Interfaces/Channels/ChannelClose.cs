using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Channels;

/// <summary>The operator's offer to close a channel together.</summary>
/// <param name="Close">What both sign, a bag of cells.</param>
/// <param name="Payer">The operator's signature, 64 bytes.</param>
/// <param name="Cumulative">What the provider gets over the channel's life, in nano: all that was promised.</param>
[GenerateSerializer, Alias("cocoon.ChannelClose")]
public sealed record ChannelClose([property: Id(0)] byte[] Close, [property: Id(1)] byte[] Payer, [property: Id(2)] Nano Cumulative);
