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
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }

        // What the platform throws on hostile bytes: points off the curve, broken DER, broken JSON, numbers out of range.
        catch (Exception malformed) when (malformed is CryptographicException or AsnContentException or JsonException or FormatException
            or OverflowException or ArgumentException or InvalidOperationException)
        {
            return new Refusal(RefusalCodes.Malformed, $"well-formed data was expected ({malformed.GetType().Name}: {malformed.Message})");
        }

        // A fault of ours. Evidence that we can't judge is refused, never let through, and never ends the process of who asked.
        catch (Exception fault) when (fault is not (OutOfMemoryException or OperationCanceledException))
        {
            return new Refusal(RefusalCodes.Fault, $"the verifier failed ({fault.GetType().Name}: {fault.Message})");
        }
    }
}
