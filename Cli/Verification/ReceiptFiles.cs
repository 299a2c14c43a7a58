using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Client.Receipts;

namespace CocoonOrleans.Cli.Verification;

/// <summary>What the files beside a stored receipt hold.</summary>
internal sealed record ReceiptFiles(byte[]? Collateral, byte[]? Image, byte[]? Anchor)
{
    /// <summary>Adds what they say.</summary>
    /// <param name="evidence">By what the receipt is judged.</param>
    /// <param name="what">Which of them can't be read; null where all can.</param>
    /// <param name="refusal">Why.</param>
    public bool TryRead(ref ReceiptEvidence evidence, out string? what, out Refusal? refusal)
    {
        Collateral? collateral = null;
        ImageManifest? image = null;
        refusal = null;
        what = Collateral is { } set && !Attestation.Collaterals.Collateral.TryParse(set, out collateral, out refusal) ? "collateral"
            : Image is { } manifest && !ImageManifest.TryParse(manifest, out image, out refusal) ? "image"
            : null;
        if (what is not null)
        {
            return false;
        }

        try
        {
            evidence = evidence with
            {
                Collateral = collateral,
                Images = image is null ? null : [image],
                Anchor = Anchor is null ? TrustAnchor.Intel : TrustAnchor.ReadSimulated(Anchor),
            };
            return true;
        }
        catch (FormatException e)
        {
            (what, refusal) = ("anchor", new Refusal(RefusalCodes.Malformed, e.Message));
            return false;
        }
    }
}
