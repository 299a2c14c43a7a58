using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>The image that the issuer's TD measures, as its publisher would write it: for those who release something to an image alone. There is no such image: nothing is built or booted.</summary>
internal static class SimulatedImage
{
    /// <summary>The image of a platform as the settings make it by themselves.</summary>
    public static ImageManifest Manifest { get; } = Of(new WorldSettings { Rtmrs = SimulatedBoot.Usual.Registers() });

    /// <summary>The image that a platform of these settings measures, and a worker on it while it starts.</summary>
    private static ImageManifest Of(WorldSettings settings) => new()
    {
        SourceCommit = "simulated",
        BuildRecipe = "SIMULATED - NOT CONFIDENTIAL",
        Files = [],
        Tier = TrustTier.Tdx,
        MrTd = QuoteWriter.MrTd,
        Shapes = [new VmShape("simulated", settings.Rtmrs[0])],
        Rtmr1 = settings.Rtmrs[1],
        Rtmr2 = settings.Rtmrs[2],
        Rtmr3 =
        [
            new RuntimeMeasurement(RuntimeEvent.ConfigurationName, null),
            new RuntimeMeasurement(RuntimeEvent.EngineName, null), // Development networks run the scripted engine and upstreams too; a real image fixes engine=native.
            new RuntimeMeasurement(RuntimeEvent.ModelsName, null),
            new RuntimeMeasurement(RuntimeEvent.ReadyName, ReadOnlyMemory<byte>.Empty),
        ],
        MrConfigId = WorldSettings.Filled(0),
        MrOwner = WorldSettings.Filled(0),
        MrOwnerConfig = WorldSettings.Filled(0),
        TdAttributes = BitConverter.GetBytes(WorldSettings.SeptVeDisable),
        Xfam = BitConverter.GetBytes(QuoteWriter.Xfam),
        MrSeams = [],
    };
}
