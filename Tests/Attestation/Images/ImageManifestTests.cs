using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Images;

public sealed class ImageManifestTests
{
    /// <summary>The image of the world's TD.</summary>
    internal static readonly ImageManifest Image = new()
    {
        SourceCommit = "5f3c",
        BuildRecipe = "make image",
        Files = [new ImageFile("kernel", new byte[32])],
        Tier = TrustTier.Tdx,
        MrTd = WorldSettings.Filled(0x7D),
        Shapes = [new VmShape("small", WorldSettings.Filled(1)), new VmShape("large", WorldSettings.Filled(0xA0))],
        Rtmr1 = WorldSettings.Filled(0xA1),
        Rtmr2 = WorldSettings.Filled(0xA2),
        Rtmr3 = [new RuntimeMeasurement("configuration", "tree"u8.ToArray()), new RuntimeMeasurement("ready", ReadOnlyMemory<byte>.Empty)],
        MrConfigId = new byte[48],
        MrOwner = new byte[48],
        MrOwnerConfig = new byte[48],
        TdAttributes = new byte[] { 0, 0, 0, 0x10, 0, 0, 0, 0 },
        Xfam = new byte[] { 0xE7, 0x02, 0x06, 0, 0, 0, 0, 0 },
        MrSeams = [WorldSettings.Filled(0x5E)],
    };

    private static readonly Dictionary<string, (string Code, ImageManifest Image)> Others = new()
    {
        ["firmware"] = (RefusalCodes.ImageMrTd, Image with { MrTd = new byte[48] }),
        ["shape"] = (RefusalCodes.ImageRtmr, Image with { Shapes = [Image.Shapes[0]] }),
        ["kernel"] = (RefusalCodes.ImageRtmr, Image with { Rtmr1 = new byte[48] }),
        ["command line"] = (RefusalCodes.ImageRtmr, Image with { Rtmr2 = new byte[48] }),
        ["runtime event"] = (RefusalCodes.ImageRuntime, Image with { Rtmr3 = [Image.Rtmr3[0], new RuntimeMeasurement("ready", new byte[1])] }),
        ["runtime event missing"] = (RefusalCodes.ImageRuntime, Image with { Rtmr3 = [Image.Rtmr3[0]] }),
        ["MRCONFIGID"] = (RefusalCodes.ImageConfiguration, Image with { MrConfigId = WorldSettings.Filled(1) }),
        ["MROWNER"] = (RefusalCodes.ImageConfiguration, Image with { MrOwner = WorldSettings.Filled(1) }),
        ["MROWNERCONFIG"] = (RefusalCodes.ImageConfiguration, Image with { MrOwnerConfig = WorldSettings.Filled(1) }),
        ["TDATTRIBUTES"] = (RefusalCodes.ImageAttributes, Image with { TdAttributes = new byte[] { 0, 0, 0, 0x50, 0, 0, 0, 0 } }),
        ["XFAM"] = (RefusalCodes.ImageAttributes, Image with { Xfam = new byte[8] }),
        ["TDX module"] = (RefusalCodes.ImageModule, Image with { MrSeams = [new byte[48]] }),
        ["open event without a log"] = (RefusalCodes.LogMissing, Image with { Rtmr3 = [Image.Rtmr3[0], new RuntimeMeasurement("ready", null)] }),
    };

    public static TheoryData<string> Differences => [.. Others.Keys];

    [Fact]
    public void Verify_TdOfTheImage_NamesIt()
    {
        var verdict = Verify([Image with { MrTd = new byte[48] }, Image]);

        Assert.Null(verdict.Refusal);
        Assert.Equal(Image.Id(), verdict.Image!.Id());
        Assert.Equal(TrustTier.Simulated, verdict.Tier); // Whatever the image: its root is simulated.
    }

    [Theory, MemberData(nameof(Differences))]
    public void Verify_OneThingOtherwise_IsRefusedByItsCode(string difference) => Assert.Equal(Others[difference].Code, Verify([Others[difference].Image]).Refusal?.Code);

    [Fact]
    public void Verify_NoImageWithThatFirmware_IsUnknown() =>
        Assert.Equal(RefusalCodes.ImageUnknown, Verify([Image with { MrTd = new byte[48] }, Image with { MrTd = WorldSettings.Filled(9) }]).Refusal?.Code);

    [Fact]
    public void Verify_NoImageKnown_IsRefused() => Assert.Equal(RefusalCodes.ImageUnknown, Verify([]).Refusal?.Code);

    [Fact]
    public void Verify_EventThatTheImageLeavesOpen_ComesFromTheLog()
    {
        var open = Image with { Shapes = [new VmShape("none", new byte[48])], Rtmr1 = new byte[48], Rtmr2 = new byte[48], Rtmr3 = [new RuntimeMeasurement("configuration", null), Image.Rtmr3[1]] };

        Assert.Null(Verify([open], Log("configuration", "74726565", "ready")).Refusal);
        Assert.Equal(RefusalCodes.LogReplay, Verify([open], Log("configuration", "00", "ready")).Refusal?.Code);
        Assert.Equal(RefusalCodes.LogReplay, Verify([open], Log("other", "74726565", "ready")).Refusal?.Code);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(TrustTier.Open, RefusalCodes.PolicyTier)]
    [InlineData(TrustTier.Simulated, RefusalCodes.PolicyTier)]
    public void Verify_SimulatedRoot_SatisfiesNoDemand(TrustTier? least, string? code) =>
        Assert.Equal(code, World.Verify(Measured, new EvidencePolicy { Images = [Image], MinimumTier = least }).Refusal?.Code);

    [SkippableTheory]
    [InlineData(TrustTier.Tdx, TrustTier.Tdx, null)]
    [InlineData(TrustTier.Tdx, TrustTier.Confidential, RefusalCodes.PolicyTier)]
    [InlineData(TrustTier.Confidential, TrustTier.Open, null)]
    [InlineData(TrustTier.Confidential, TrustTier.Tdx, RefusalCodes.PolicyTier)] // No GPU evidence was checked: text may leave the TD.
    public void Verify_RealQuoteOfAnImage_ShowsTheTierOfTheImage(TrustTier image, TrustTier least, string? code)
    {
        var evidence = new Evidence { Quote = Vectors.Quote("phala-v4-a"), Collateral = Vectors.Collateral("b0c06f-2025-06") };
        var verifier = new EvidenceVerifier(TrustAnchor.Intel);
        var now = new DateTimeOffset(2025, 6, 25, 0, 0, 0, TimeSpan.Zero);
        var td = verifier.Verify(evidence, new EvidencePolicy(), now).Quote!.Td!;
        var manifest = Image with
        {
            Tier = image,
            MrTd = td.MrTd,
            Shapes = [new VmShape("its own", td.Rtmrs[0])],
            Rtmr1 = td.Rtmrs[1],
            Rtmr2 = td.Rtmrs[2],
            Rtmr3 = [],
            Xfam = td.Xfam,
            MrSeams = [],
        };

        Assert.Equal(code, verifier.Verify(evidence, new EvidencePolicy { Images = [manifest], MinimumTier = least }, now).Refusal?.Code);
    }

    [Fact]
    public void TryParse_Encoded_IsTheSame()
    {
        Assert.True(ImageManifest.TryParse(Image.Encode(), out var manifest, out _));
        Assert.Equal(Image.Encode(), manifest!.Encode());
    }

    [Fact]
    public void TryParse_Json_HasTheIdOfItsCbor()
    {
        var json = $$"""
            {"sourceCommit":"5f3c","buildRecipe":"make image","files":[{"name":"kernel","sha256":"{{new string('0', 64)}}"}],"tier":"tdx",
             "mrtd":"{{Repeat("7d")}}","shapes":[{"name":"small","rtmr0":"{{Repeat("01")}}"},{"name":"large","rtmr0":"{{Repeat("a0")}}"}],
             "rtmr1":"{{Repeat("a1")}}","rtmr2":"{{Repeat("A2")}}","rtmr3":[{"name":"configuration","payload":"74726565"},{"name":"ready","payload":""}],
             "tdattributes":"0000001000000000","xfam":"e702060000000000","mrseams":[{"mrseam":"{{Repeat("5e")}}"}]}
            """;

        Assert.True(ImageManifest.TryParse(Encoding.UTF8.GetBytes(json), out var manifest, out var refusal), refusal?.ToString());
        Assert.Equal(Convert.ToHexString(Image.Id()), Convert.ToHexString(manifest!.Id()));
    }

    [Fact]
    public void TryParse_AnyByteChanged_IsRefusedOrAnotherImage()
    {
        var bytes = Image.Encode();
        for (var index = 0; index < bytes.Length; index++)
        {
            var changed = (byte[])bytes.Clone();
            changed[index] ^= 1;
            if (ImageManifest.TryParse(changed, out var manifest, out var refusal))
            {
                Assert.NotEqual(Image.Id(), manifest!.Id());
            }
            else
            {
                Assert.Equal(RefusalCodes.ImageFormat, refusal?.Code);
            }
        }
    }

    [Fact]
    public void TryParse_TierOpen_IsRefused() =>
        Assert.False(ImageManifest.TryParse((Image with { Tier = TrustTier.Open }).Encode(), out _, out _));

    [SkippableFact]
    public void MeasurementAlias_RealTd_IsOneHash()
    {
        Assert.True(CocoonOrleans.Attestation.Quotes.Quote.TryParse(Vectors.Quote("phala-v4-a"), out var quote, out _));
        Assert.Equal("b260fa9168ca9f28e7f15f128a45ac31c419705b31a60feac30b322ee06bc752", Convert.ToHexStringLower(MeasurementAlias.Of(quote!.Td!)));
    }

    private static EvidenceVerdict Verify(IReadOnlyList<ImageManifest> images, EventLog? log = null) => new EvidenceVerifier(World.Anchor).Verify(
        World.Make(world =>
        {
            Measured(world);

            // A log without events of the firmware: then the first registers are zero.
            world.Rtmrs = log is null ? world.Rtmrs : [new byte[48], new byte[48], new byte[48], world.Rtmrs[3]];
        }) with
        { EventLog = log },
        new EvidencePolicy { Images = images },
        World.Now);

    private static void Measured(WorldSettings world) => world.Rtmrs = [.. world.Rtmrs[..3], Log("configuration", "74726565", "ready").Replay()[3].ToArray()];

    private static EventLog Log(string first, string payload, string second)
    {
        Assert.True(EventLog.TryParse(
            Encoding.UTF8.GetBytes($$"""
                [{"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"","event":"{{first}}","event_payload":"{{payload}}"},
                 {"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"","event":"{{second}}","event_payload":""}]
                """),
            out var log,
            out var refusal), refusal?.ToString());
        return log!;
    }

    private static string Repeat(string hex) => string.Concat(Enumerable.Repeat(hex, 48));
}
