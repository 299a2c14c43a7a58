namespace CocoonOrleans.Grains.Attestation;

/// <summary>What may serve nobody any more.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Value">Its lower-case hex digits, as many as <see cref="RevocationKind"/> says.</param>
/// <param name="Reason">Why, for people: 1 to 200 characters without control characters.</param>
/// <param name="Since">When it was first said; the grain sets it.</param>
[GenerateSerializer, Alias("cocoon.Revocation")]
public sealed record Revocation([property: Id(0)] RevocationKind Kind, [property: Id(1)] string Value, [property: Id(2)] string Reason, [property: Id(3)] DateTimeOffset Since)
{
    /// <summary>Most characters of a reason.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>How many hex digits name something of a kind.</summary>
    public static int DigitsOf(RevocationKind kind) => kind == RevocationKind.Measurement ? 96 : 64;

    /// <summary>What is wrong with it, naming the field; null where nothing is.</summary>
    public string? FindFault() =>
        !Enum.IsDefined(Kind) ? "Kind is none that is known."
        : Value is null || Value.Length != DigitsOf(Kind) || !Value.All(char.IsAsciiHexDigitLower) ? $"Value must be {DigitsOf(Kind)} lower-case hexadecimal digits."
        : Reason is not { Length: >= 1 and <= MaxReasonLength } || Reason.Any(char.IsControl) ? $"Reason must have 1 to {MaxReasonLength} characters and no control characters."
        : null;
}
