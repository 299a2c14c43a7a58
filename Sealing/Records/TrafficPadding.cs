namespace CocoonOrleans.Sealing.Records;

/// <summary>How much of the lengths and times is hidden (docs/protocol.md, section 10).</summary>
public enum TrafficPadding
{
    /// <summary>Nothing: whoever watches sees the length of every token.</summary>
    Off = 0,

    /// <summary>Rough lengths and speed remain.</summary>
    Balanced = 1,

    /// <summary>A class of the request's length and the answer's duration remain.</summary>
    Strict = 2,
}
