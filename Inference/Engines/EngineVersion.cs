namespace CocoonOrleans.Inference.Engines;

/// <summary>The version that engines of this assembly report.</summary>
internal static class EngineVersion
{
    /// <summary>For example <c>0.1.0</c>.</summary>
    public static string Current { get; } = typeof(EngineVersion).Assembly.GetName().Version!.ToString(fieldCount: 3);
}
