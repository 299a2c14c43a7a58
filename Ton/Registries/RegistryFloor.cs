using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Ton.Registries;

/// <summary>
/// The newest of a registry that was believed. A registry never goes back: an answer below this is an old one, or of a chain that isn't the one that was
/// read before. Kept by network and address, on the disk, so that a restart forgets nothing.
/// </summary>
/// <param name="Version">Its version.</param>
/// <param name="Next">The number that the next proposal had to have.</param>
/// <param name="Content">Its content (<see cref="RegistryState.Content"/>): one version has one.</param>
public sealed record RegistryFloor(uint Version, uint Next, Bits256 Content)
{
    /// <summary>The floor that a state sets.</summary>
    public static RegistryFloor Of(RegistryState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new RegistryFloor(state.Version, state.Next, state.Content);
    }

    /// <summary>Why a state is not believed after this one; null where it is as new or newer.</summary>
    public string? Refuse(RegistryState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Version < Version ? $"version {state.Version} after version {Version} was seen"
            : state.Next < Next ? $"proposal number {state.Next} after {Next} was seen"
            : state.Version == Version && state.Content != Content ? $"another content of version {Version} than was seen"
            : null;
    }
}
