namespace CocoonOrleans.Sealing.Epochs;

/// <summary>How much a worker keeps for the keys of one epoch.</summary>
public sealed record EpochLimits
{
    /// <summary>Most requests, outside of sessions, that are remembered; about 50 bytes each. 1 or more.</summary>
    public int Requests { get; init; } = 262_144;

    /// <summary>Most sessions; about 1 KiB each. 1 or more.</summary>
    public int Sessions { get; init; } = 16_384;

    /// <summary>Most statements, fresh ones included: at five batches a second 3,000 in an epoch. 1 or more.</summary>
    public int Statements { get; init; } = 4096;
}
