namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>Why this machine made no quote, or measured nothing.</summary>
public enum TeeFailureKind
{
    /// <summary>This is no TD, or its kernel lacks the interface.</summary>
    Unsupported,

    /// <summary>The process may not use the interface.</summary>
    Denied,

    /// <summary>Others use it at the same time, again and again.</summary>
    Busy,

    /// <summary>There was no answer in time.</summary>
    TimedOut,

    /// <summary>The quote service does not answer.</summary>
    Unreachable,

    /// <summary>The kernel, the host's quote generation or the quote service said no.</summary>
    Refused,

    /// <summary>What came is not what was asked for.</summary>
    Malformed,
}
