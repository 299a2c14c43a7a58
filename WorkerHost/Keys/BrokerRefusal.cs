namespace CocoonOrleans.WorkerHost.Keys;

/// <summary>Why a key broker gave no share.</summary>
public sealed record BrokerRefusal
{
    private const int LongestCode = 64;
    private const int LongestDetail = 400;

    /// <param name="broker">The broker's address.</param>
    /// <param name="code">For programs: the broker's own code, or one of ours. Cut to a readable length.</param>
    /// <param name="detail">For people; where it came from the broker, it is cut to a readable length and has no control characters.</param>
    /// <param name="mayPass">Whether it may be otherwise in a moment.</param>
    public BrokerRefusal(string broker, string code, string detail, bool mayPass = false)
    {
        (Broker, Code, Detail, MayPass) = (broker, Readable(code, LongestCode), Readable(detail, LongestDetail), mayPass);
    }

    /// <summary>The broker's address.</summary>
    public string Broker { get; }

    /// <summary>For programs.</summary>
    public string Code { get; }

    /// <summary>For people.</summary>
    public string Detail { get; }

    /// <summary>Whether it may be otherwise in a moment.</summary>
    public bool MayPass { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Broker} {Code}: {Detail}";

    private static string Readable(string text, int longest) => string.Concat(text.Take(longest).Where(character => !char.IsControl(character)));
}
