namespace CocoonOrleans.Grains.Workers;

/// <summary>What the worker's grain says to a heartbeat.</summary>
[GenerateSerializer, Alias("cocoon.HeartbeatResult")]
public enum HeartbeatResult
{
    /// <summary>The session goes on.</summary>
    Accepted,

    /// <summary>A newer session exists: close the tunnel.</summary>
    Fenced,

    /// <summary>The grain knows no session (its silo was lost): register again.</summary>
    Unknown,
}
