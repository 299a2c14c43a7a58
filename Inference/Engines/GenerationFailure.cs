namespace CocoonOrleans.Inference.Engines;

/// <summary>Why an answer can't go on.</summary>
public enum GenerationFailure
{
    /// <summary>The deadline passed while the answer was under way.</summary>
    DeadlinePassed,

    /// <summary>The model computed something that is no number.</summary>
    NotANumber,

    /// <summary>The request's grammar is not complete, and no token of the model's vocabulary goes on with it.</summary>
    NoAllowedToken,

    /// <summary>The tensor library failed.</summary>
    Backend,

    /// <summary>The engine was stopped.</summary>
    EngineStopped,

    /// <summary>The server that computes the model broke off, or sent something that can't be an answer.</summary>
    Upstream,

    /// <summary>A script said so.</summary>
    Scripted,
}
