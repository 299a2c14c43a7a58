namespace CocoonOrleans.Inference.Scripted;

/// <summary>What a script does with a request.</summary>
public enum ScriptedBehaviour
{
    /// <summary>Says the text of the rule.</summary>
    Answer,

    /// <summary>Says ids drawn at random, from the request's seed, until the request's own limit.</summary>
    Garbage,

    /// <summary>Says the text of the rule and then nothing more: the answer ends only by cancellation or deadline.</summary>
    Hang,
}
