namespace CocoonOrleans.Inference.Models;

/// <summary>How one vector is made of the states of all tokens.</summary>
public enum Pooling
{
    /// <summary>The mean of all.</summary>
    Mean,

    /// <summary>The first one's, of a token that was put there for it.</summary>
    Cls,

    /// <summary>The last one's.</summary>
    Last,
}
