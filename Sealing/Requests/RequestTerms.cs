using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>What a client asks for in the clear part of a request (docs/protocol.md, section 5).</summary>
public sealed record RequestTerms
{
    private const int ModelCharacters = 128;

    /// <summary>A UUIDv7, or a UUIDv8 where it was derived from an Idempotency-Key. With the account it names the job.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The model; 1 to 128 characters.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the answer comes in pieces.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>The least that must stand behind the worker.</summary>
    public TrustTier MinimumTier { get; init; } = TrustTier.Open;

    /// <summary>How much of lengths and times is hidden.</summary>
    public TrafficPadding Padding { get; init; } = TrafficPadding.Balanced;

    /// <summary>The most that the job may cost, in nano; not negative.</summary>
    public required long HoldLimitNano { get; init; }

    /// <summary>Until when a worker takes it; whole seconds.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The request whose answer broke off and goes on here.</summary>
    public Guid? Resumes { get; init; }

    /// <summary>Leads requests with the same beginning to the same worker; never with <see cref="TrafficPadding.Strict"/>, since equal keys link requests.</summary>
    public Digest? AffinityKey { get; init; }

    /// <summary>The name of the first field that is out of its range.</summary>
    internal string? FindFault() =>
        !IsRequestId(RequestId) ? nameof(RequestId)
        : !CborReading.IsText(Model, ModelCharacters) ? nameof(Model)
        : !Enum.IsDefined(MinimumTier) ? nameof(MinimumTier)
        : !Enum.IsDefined(Padding) ? nameof(Padding)
        : HoldLimitNano < 0 ? nameof(HoldLimitNano)
        : !UnixTime.IsValid(Expires) ? nameof(Expires)
        : Resumes is { } resumed && !IsRequestId(resumed) ? nameof(Resumes)
        : AffinityKey is not null && Padding == TrafficPadding.Strict ? nameof(AffinityKey)
        : null;

    private static bool IsRequestId(Guid id) => id.Version is 7 or 8 && id.Variant is >= 8 and <= 11;
}
