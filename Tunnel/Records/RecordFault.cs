namespace CocoonOrleans.Tunnel.Records;

/// <summary>What may be wrong with a stream of records.</summary>
public enum RecordFault
{
    /// <summary>The stream ended without a final or error record.</summary>
    Truncated,

    /// <summary>A type that the protocol does not have.</summary>
    UnknownType,

    /// <summary>A body longer than its type allows.</summary>
    TooLong,

    /// <summary>A record where it may not stand: the first is neither meta nor error, or a second meta.</summary>
    OutOfOrder,

    /// <summary>Bytes after the final or error record.</summary>
    TrailingBytes,

    /// <summary>A body that is not the JSON it should be.</summary>
    BadBody,
}
