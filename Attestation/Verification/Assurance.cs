namespace CocoonOrleans.Attestation.Verification;

/// <summary>What stands behind evidence.</summary>
public enum Assurance
{
    /// <summary>Nothing but software: a root of our own, for development. Never confidential.</summary>
    Simulated,

    /// <summary>The maker's root: a processor signed it.</summary>
    Hardware,
}
