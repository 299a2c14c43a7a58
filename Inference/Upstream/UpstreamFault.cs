namespace CocoonOrleans.Inference.Upstream;

/// <summary>What an upstream did wrong.</summary>
internal enum UpstreamFault
{
    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>It takes nothing more at the moment.</summary>
    Busy,

    /// <summary>It doesn't know the model, or the path.</summary>
    Unknown,

    /// <summary>It doesn't take the request, for another reason.</summary>
    Refused,

    /// <summary>It broke off, or sent what is no answer.</summary>
    Broken,

    /// <summary>It took too long.</summary>
    Slow,
}
