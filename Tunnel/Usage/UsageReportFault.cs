namespace CocoonOrleans.Tunnel.Usage;

/// <summary>What may be wrong with a signed usage report.</summary>
public enum UsageReportFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The signature is not the worker's, or not over these bytes.</summary>
    BadSignature,

    /// <summary>The bytes are not the canonical form of a report.</summary>
    Malformed,

    /// <summary>It names another worker than the one that signed.</summary>
    OtherWorker,

    /// <summary>A count, id or time is out of its range.</summary>
    OutOfRange,
}
