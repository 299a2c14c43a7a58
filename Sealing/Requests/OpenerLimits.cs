namespace CocoonOrleans.Sealing.Requests;

/// <summary>What a worker takes before it has checked anything.</summary>
public sealed record OpenerLimits
{
    /// <summary>Most bytes of a request: the body, its records' overhead and padding. 1 KiB or more.</summary>
    public int RequestBytes { get; init; } = RequestWriter.MaxBodyBytes + (512 << 10);

    /// <summary>
    /// Most decapsulations a second, on average; one costs about half a millisecond (<c>./cocoon bench sealing</c>). Requests of a session that is known need none. 1 or more.
    /// </summary>
    public int DecapsulationsPerSecond { get; init; } = 400;

    /// <summary>Most decapsulations at once after a quiet time. 1 or more.</summary>
    public int DecapsulationBurst { get; init; } = 400;
}
