namespace CocoonOrleans.Ton.Chain;

/// <summary>Why a chain gave no answer that can be used.</summary>
public enum ChainFailure
{
    /// <summary>Nobody answered in time, or the endpoint is broken: ask again later, or somebody else.</summary>
    Unavailable,

    /// <summary>Too many calls: slow down.</summary>
    RateLimited,

    /// <summary>The endpoint said no, and why: the message was not accepted, the block is not kept.</summary>
    Refused,

    /// <summary>The answer is malformed, or contradicts its own hashes.</summary>
    BadAnswer,

    /// <summary>The endpoint is behind what was seen before: its answer is old, and not used.</summary>
    Lagging,

    /// <summary>Endpoints of different owners did not say the same in time: nothing is done on the word of one.</summary>
    Disagreement,

    /// <summary>The endpoint is of another network than the configured one, or its clock is wrong.</summary>
    WrongNetwork,
}
