using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>Compares what a GPU measured with what NVIDIA says that its driver and its VBIOS measure.</summary>
internal static class MeasurementRules
{
    /// <summary>Depends on the video decoder, and says nothing where that is switched off.</summary>
    private const int VideoDecoder = 35;

    public static void Check(GpuReport report, ReferenceManifest driver, ReferenceManifest vbios)
    {
        if (driver.Measurements.Keys.FirstOrDefault(vbios.Measurements.ContainsKey, -1) is var both and >= 0)
        {
            throw new RefusedException(RefusalCodes.GpuReferenceFormat, $"measurement {both} was expected in the reference values of the driver or of the VBIOS, not in both");
        }

        foreach (var reference in driver.Measurements.Values.Concat(vbios.Measurements.Values))
        {
            if (reference.Index == VideoDecoder && report.IsVideoDecoderOff)
            {
                continue;
            }

            // NVIDIA's documents count from 0, the report from 1 (SPDM).
            if (!report.Values.TryGetValue(reference.Index + 1, out var measured) || !reference.Alternatives.Any(value => value.Span.SequenceEqual(measured.Span)))
            {
                throw new RefusedException(
                    RefusalCodes.GpuMeasurement, $"measurement {reference.Index}, {reference.Name}, was expected to be one of the {reference.Alternatives.Count} that NVIDIA names");
            }
        }
    }
}
