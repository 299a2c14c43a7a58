namespace CocoonOrleans.Ton.Vouchers;

/// <summary>What a proposal to the registry changes. Removals work at once, all others wait for the time lock.</summary>
public enum RegistryChangeKind
{
    /// <summary>Allows an image measurement.</summary>
    PutImage = 1,

    /// <summary>Revokes an image measurement.</summary>
    RemoveImage = 2,

    /// <summary>Lists a model.</summary>
    PutModel = 3,

    /// <summary>Takes a model off.</summary>
    RemoveModel = 4,

    /// <summary>Lists a gateway.</summary>
    PutGateway = 5,

    /// <summary>Takes a gateway off.</summary>
    RemoveGateway = 6,

    /// <summary>Sets the parameters.</summary>
    SetParameters = 7,

    /// <summary>Sets the owners and the time lock.</summary>
    SetOwners = 8,

    /// <summary>Names the registry that follows this one.</summary>
    SetSuccessor = 9,
}
