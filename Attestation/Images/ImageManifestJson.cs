using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Images;

/// <summary>Reads a manifest as its publisher writes it, in JSON. Its id is that of the CBOR that comes of it.</summary>
internal static class ImageManifestJson
{
    private const int LongestPayload = 64 * 1024;

    public static ImageManifest Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = SignedJson.Parse(utf8, "image", RefusalCodes.ImageFormat);
        var json = new SignedJson(document.RootElement, "image", RefusalCodes.ImageFormat);
        var tier = json.Text("tier");
        return new ImageManifest
        {
            SourceCommit = json.Text("sourceCommit"),
            BuildRecipe = json.Text("buildRecipe"),
            Files = [.. (json.OptionalObjects("files") ?? []).Select(file => new ImageFile(file.Text("name"), file.Hex("sha256", 32)))],
            Tier = tier switch
            {
                "tdx" => TrustTier.Tdx,
                "confidential" => TrustTier.Confidential,
                _ => throw new RefusedException(RefusalCodes.ImageFormat, $"image.tier was expected to be tdx or confidential, not {tier}"),
            },
            MrTd = Measurement(json, "mrtd"),
            Shapes = [.. json.Objects("shapes").Select(shape => new VmShape(shape.Text("name"), Measurement(shape, "rtmr0")))],
            Rtmr1 = Measurement(json, "rtmr1"),
            Rtmr2 = Measurement(json, "rtmr2"),
            Rtmr3 = [.. (json.OptionalObjects("rtmr3") ?? []).Select(ReadRuntime)],
            MrConfigId = MeasurementOrZero(json, "mrconfigid"),
            MrOwner = MeasurementOrZero(json, "mrowner"),
            MrOwnerConfig = MeasurementOrZero(json, "mrownerconfig"),
            TdAttributes = json.Hex("tdattributes", 8),
            Xfam = json.Hex("xfam", 8),
            MrSeams = [.. (json.OptionalObjects("mrseams") ?? []).Select(seam => (ReadOnlyMemory<byte>)Measurement(seam, "mrseam"))],
        };
    }

    private static RuntimeMeasurement ReadRuntime(SignedJson json) => new(
        json.Text("name"), json.OptionalText("payload") is null ? default(ReadOnlyMemory<byte>?) : json.Hex("payload", 0, LongestPayload));

    private static byte[] Measurement(SignedJson json, string name) => json.Hex(name, 48);

    private static byte[] MeasurementOrZero(SignedJson json, string name) => json.OptionalText(name) is null ? new byte[48] : Measurement(json, name);
}
