using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.WorkerHost.Registration;

/// <summary>Engines as they are named on the wire.</summary>
internal static class EngineNames
{
    public static string ToWireName(this EngineKind kind) => kind switch
    {
        EngineKind.Native => "native",
        EngineKind.Upstream => "upstream",
        EngineKind.Scripted => "scripted",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An engine without a name."),
    };
}
