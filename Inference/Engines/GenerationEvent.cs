namespace CocoonOrleans.Inference.Engines;

/// <summary>One step of an answer.</summary>
/// <param name="Text">
/// Text that is released with this step; often empty, because incomplete characters and possible stop strings are held back. The texts of all events of an
/// answer, joined, are the answer.
/// </param>
public abstract record GenerationEvent(string Text)
{
    /// <summary>Which of the request's answers it belongs to, from 0 up.</summary>
    public int Choice { get; init; }
}

/// <summary>A token was generated and counted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">See <see cref="GenerationEvent"/>.</param>
/// <param name="Logprobs">How likely it was; null unless <see cref="SamplingOptions.TopLogprobs"/> asks for it.</param>
public sealed record TokenGenerated(int Id, string Text, TokenLogprobs? Logprobs = null) : GenerationEvent(Text);

/// <summary>An answer is complete. Always its last event.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="Usage">What it took; of several answers to one prompt each has the prompt's counts.</param>
/// <param name="Seed">The seed that its draws came from: the request's or a random one, plus the answer's number.</param>
/// <param name="Text">The rest of the text.</param>
public sealed record GenerationFinished(FinishReason Reason, GenerationUsage Usage, long Seed, string Text) : GenerationEvent(Text);
