namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What is wrong with a chunk that a worker sent.</summary>
public enum ChunkFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is not one JSON object in one line of valid UTF-8.</summary>
    NotJson,

    /// <summary>A field has another type or value than it may have.</summary>
    BadField,

    /// <summary>A field that no client expects.</summary>
    UnknownField,

    /// <summary>A field that must be there is not, or one is there twice.</summary>
    MissingOrDoubleField,

    /// <summary>A role where none may stand, none where one must, or something after the finish.</summary>
    OutOfOrder,

    /// <summary>It says nothing: no role, no text, no finish. A stream of such could go on for ever.</summary>
    Empty,
}
