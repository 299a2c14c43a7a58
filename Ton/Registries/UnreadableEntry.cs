using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Registries;

/// <summary>An entry of a registry that isn't in the form that this program knows: what it names is not allowed, all others are.</summary>
/// <param name="Kind">What it would be of.</param>
/// <param name="Key">Its key.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record UnreadableEntry(RegistryEntryKind Kind, Bits256 Key, string Reason);
