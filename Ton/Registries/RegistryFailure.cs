namespace CocoonOrleans.Ton.Registries;

/// <summary>Why a registry can't be used.</summary>
public enum RegistryFailure
{
    /// <summary>The account is not active: nothing was deployed at that address, or it is frozen.</summary>
    NotThere,

    /// <summary>The account has another code than the registry that this program knows.</summary>
    OtherCode,

    /// <summary>Its data is no registry's.</summary>
    Malformed,

    /// <summary>It is older than what was believed before, or contradicts it.</summary>
    WentBack,
}
