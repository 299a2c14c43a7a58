namespace CocoonOrleans.Sealing.Records;

/// <summary>The types of sealed record (docs/protocol.md, section 8).</summary>
public enum SealedRecordType : byte
{
    /// <summary>First: what is asked, or how the answer begins.</summary>
    Meta = 0,

    /// <summary>A piece of the body.</summary>
    Data = 1,

    /// <summary>Nothing to say yet; only in answers.</summary>
    Heartbeat = 2,

    /// <summary>Last of a whole request or answer.</summary>
    Final = 3,

    /// <summary>Last of a failed answer.</summary>
    Error = 4,
}
