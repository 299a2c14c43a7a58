namespace CocoonOrleans.Inference.Engines;

/// <summary>Which kind of engine answers. It travels with every answer, so nobody takes a script for a model.</summary>
public enum EngineKind
{
    /// <summary>A model computed in this process.</summary>
    Native,

    /// <summary>A model computed by another server beside this process.</summary>
    Upstream,

    /// <summary>A script replayed for tests and load; no model is behind it.</summary>
    Scripted,
}
