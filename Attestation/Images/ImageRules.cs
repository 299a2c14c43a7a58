using System.Security.Cryptography;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Images;

/// <summary>Whether a TD runs one of the images that are known.</summary>
internal static class ImageRules
{
    /// <summary>The image that a TD runs.</summary>
    /// <exception cref="RefusedException">It runs none of them; where one has the same firmware, or there is only one, the reason says what differs.</exception>
    public static ImageManifest Find(TdReport td, EventLog? log, IReadOnlyList<ImageManifest> images)
    {
        foreach (var image in images)
        {
            if (Difference(image, td, log) is null)
            {
                return image;
            }
        }

        var nearest = images.FirstOrDefault(image => Same(image.MrTd, td.MrTd)) ?? (images.Count == 1 ? images[0] : null);
        var refusal = nearest is null
            ? new Refusal(RefusalCodes.ImageUnknown, $"one of {images.Count} known images was expected; none has MRTD {Hex(td.MrTd)}")
            : Difference(nearest, td, log)!;
        throw new RefusedException(refusal.Code, refusal.Reason);
    }

    private static Refusal? Difference(ImageManifest image, TdReport td, EventLog? log) =>
        Compare(RefusalCodes.ImageMrTd, "MRTD", image.MrTd, td.MrTd)
        ?? (image.Shapes.Any(shape => Same(shape.Rtmr0, td.Rtmrs[0])) ? null : new Refusal(
            RefusalCodes.ImageRtmr, $"RTMR0 was expected to be that of one of the image's shapes ({string.Join(", ", image.Shapes.Select(shape => shape.Name))}), not {Hex(td.Rtmrs[0])}"))
        ?? Compare(RefusalCodes.ImageRtmr, "RTMR1", image.Rtmr1, td.Rtmrs[1])
        ?? Compare(RefusalCodes.ImageRtmr, "RTMR2", image.Rtmr2, td.Rtmrs[2])
        ?? CompareRuntime(image, td, log)
        ?? Compare(RefusalCodes.ImageConfiguration, "MRCONFIGID", image.MrConfigId, td.MrConfigId)
        ?? Compare(RefusalCodes.ImageConfiguration, "MROWNER", image.MrOwner, td.MrOwner)
        ?? Compare(RefusalCodes.ImageConfiguration, "MROWNERCONFIG", image.MrOwnerConfig, td.MrOwnerConfig)
        ?? Compare(RefusalCodes.ImageAttributes, "TDATTRIBUTES", image.TdAttributes, td.TdAttributes)
        ?? Compare(RefusalCodes.ImageAttributes, "XFAM", image.Xfam, td.Xfam)
        ?? (image.MrSeams.Count == 0 || image.MrSeams.Any(seam => Same(seam, td.MrSeam)) ? null : new Refusal(
            RefusalCodes.ImageModule, $"a TDX module of the image's list was expected, not MRSEAM {Hex(td.MrSeam)}"));

    /// <summary>RTMR3 by the image's events. Where the image leaves what an event says open, the log tells; it was replayed before.</summary>
    private static Refusal? CompareRuntime(ImageManifest image, TdReport td, EventLog? log)
    {
        var register = new byte[EventLog.DigestBytes];
        var logged = log?.Entries.Where(entry => entry.Register == 3).ToArray();
        if (logged is not null && logged.Length != image.Rtmr3.Count)
        {
            return new Refusal(RefusalCodes.ImageRuntime, $"{image.Rtmr3.Count} events were expected in RTMR3, not {logged.Length}");
        }

        foreach (var (index, measurement) in image.Rtmr3.Index())
        {
            var payload = measurement.Payload;
            if (payload is null)
            {
                if (logged is null)
                {
                    return new Refusal(RefusalCodes.LogMissing, $"an event log was expected: the image leaves open what its event \"{measurement.Name}\" says");
                }

                payload = logged[index].Content;
            }

            register = SHA384.HashData([.. register, .. RuntimeEvent.Digest(RuntimeEvent.Cocoon, measurement.Name, payload.Value.Span)!]);
        }

        return Compare(RefusalCodes.ImageRuntime, $"RTMR3 after {image.Rtmr3.Count} events of the image", register, td.Rtmrs[3]);
    }

    private static Refusal? Compare(string code, string what, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> found) =>
        Same(expected, found) ? null : new Refusal(code, $"{what} was expected to be {Hex(expected)}, not {Hex(found)}");

    private static bool Same(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
