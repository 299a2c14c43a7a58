namespace CocoonOrleans.Inference.Engines;

/// <summary>One step of an answer.</summary>
/// <param name="Text">
/// Text that is released with this step; often empty, because incomplete characters and possible stop strings are held back. The texts of all events,
/// joined, are the answer.
/// </param>
public abstract record GenerationEvent(string Text);

/// <summary>A token was generated and counted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">See <see cref="GenerationEvent"/>.</param>
/// <param name="Logprobs">How likely it was; null unless <see cref="SamplingOptions.TopLogprobs"/> asks for it.</param>
public sealed record TokenGenerated(int Id, string Text, TokenLogprobs? Logprobs = null) : GenerationEvent(Text);

/// <summary>The answer is complete. Always the last event.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="Usage">What it took.</param>
/// <param name="Seed">The seed that the draws came from: the request's, or the random one.</param>
/// <param name="Text">The rest of the text.</param>
public sealed record GenerationFinished(FinishReason Reason, GenerationUsage Usage, long Seed, string Text) : GenerationEvent(Text);
