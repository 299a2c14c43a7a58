namespace CocoonOrleans.Sealing.Statements;

/// <summary>What stands behind a statement, from nothing to most. A higher one satisfies a demand for a lower one; simulated satisfies none but itself.</summary>
public enum TrustTier
{
    /// <summary>A quote under the simulated root: development only.</summary>
    Simulated = 0,

    /// <summary>Nothing but the worker's own key: the provider can read the prompt.</summary>
    Open = 1,

    /// <summary>A TDX quote; inference on the processor inside the trust domain.</summary>
    Tdx = 2,

    /// <summary>A TDX quote and confidential-computing evidence of every GPU.</summary>
    Confidential = 3,
}
