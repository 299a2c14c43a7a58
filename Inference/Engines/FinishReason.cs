namespace CocoonOrleans.Inference.Engines;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it, or a stop string came up.</summary>
    Stop,

    /// <summary>The highest number of tokens is reached, or the context is full.</summary>
    Length,
}
