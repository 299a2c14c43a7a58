namespace CocoonOrleans.Ton.Registries;

/// <summary>What an entry of a registry is of.</summary>
public enum RegistryEntryKind
{
    /// <summary>An image that may run as part of the network.</summary>
    Image,

    /// <summary>A model that is served.</summary>
    Model,

    /// <summary>A gateway of the network.</summary>
    Gateway,
}
