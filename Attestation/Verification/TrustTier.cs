namespace CocoonOrleans.Attestation.Verification;

/// <summary>What a client may believe of a worker, from the least to the most; <see cref="Simulated"/> satisfies no demand.</summary>
public enum TrustTier
{
    /// <summary>Software plays the hardware: for development.</summary>
    Simulated = 0,

    /// <summary>Its provider can read the text: no TEE, or one in which it is not known what runs.</summary>
    Open = 1,

    /// <summary>A TDX virtual machine with a known image, which computes on the processor.</summary>
    Tdx = 2,

    /// <summary>The same with GPUs in confidential-computing mode.</summary>
    Confidential = 3,
}
