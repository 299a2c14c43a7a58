using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Cli.Settlement;

/// <summary>A provider of a local network that settles.</summary>
/// <param name="Key">The key that names it.</param>
/// <param name="KeyFile">Where its private part is.</param>
/// <param name="Pass">Its pass for its worker, 128 hexadecimal digits.</param>
/// <param name="Payout">Its signed order to be paid.</param>
public sealed record LocalProvider(PublicKey Key, string KeyFile, string Pass, ReadOnlyMemory<byte> Payout);
