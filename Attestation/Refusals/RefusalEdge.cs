using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text.Json;

namespace CocoonOrleans.Attestation.Refusals;

/// <summary>The one edge where exceptions end: whatever bytes a stranger sends, a caller of this assembly gets a refusal and no exception.</summary>
internal static class RefusalEdge
{
    /// <summary>Runs a body.</summary>
    /// <returns>Null where it ended well, else why not.</returns>
    public static Refusal? Run(Action body)
    {
        try
        {
            body();
            return null;
        }
        catch (Exception exception) when (Of(exception) is { } refusal)
        {
            return refusal;
        }
    }

    /// <summary>Runs a body that waits.</summary>
    /// <returns>Null where it ended well, else why not.</returns>
    public static async Task<Refusal?> RunAsync(Func<Task> body)
    {
        try
        {
            await body();
            return null;
        }
        catch (Exception exception) when (Of(exception) is { } refusal)
        {
            return refusal;
        }
    }

    private static Refusal? Of(Exception exception) => exception switch
    {
        RefusedException refused => refused.Refusal,
        OutOfMemoryException or OperationCanceledException => null,

        // What the platform throws on hostile bytes: points off the curve, broken DER, broken JSON, numbers out of range.
        CryptographicException or AsnContentException or JsonException or FormatException or OverflowException or ArgumentException or InvalidOperationException =>
            new Refusal(RefusalCodes.Malformed, $"well-formed data was expected ({exception.GetType().Name}: {exception.Message})"),

        // A fault of ours. Evidence that we can't judge is refused, never let through, and never ends the process of who asked.
        _ => new Refusal(RefusalCodes.Fault, $"the verifier failed ({exception.GetType().Name}: {exception.Message})"),
    };
}
