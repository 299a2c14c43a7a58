namespace CocoonOrleans.Gateway.Replays;

/// <summary>How an <see cref="AnswerLog"/> ended.</summary>
public enum AnswerLogEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>The answer is whole.</summary>
    Whole,

    /// <summary>It failed or was given up; a repeat begins anew, or is told that it was charged.</summary>
    Broken,
}
