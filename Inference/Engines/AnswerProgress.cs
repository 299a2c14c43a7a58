using CocoonOrleans.Tokenization.Detokenizing;

namespace CocoonOrleans.Inference.Engines;

/// <summary>Turns the tokens of one answer into its events: releases text, counts, and knows when the answer ends. For one thread.</summary>
internal sealed class AnswerProgress
{
    private readonly StreamingDetokenizer _text;
    private readonly IReadOnlyCollection<int> _stopIds;
    private readonly int _promptTokens;
    private readonly int _limit;
    private readonly int _choice;
    private int _completionTokens;

    /// <param name="request">One of <see cref="GenerationRequest.Apart"/> of a request that passed <see cref="RequestRules"/>.</param>
    /// <param name="model">The model that answers.</param>
    /// <param name="choice">Which of the request's answers it is, from 0 up.</param>
    public AnswerProgress(GenerationRequest request, LoadedModel model, int choice = 0)
    {
        _choice = choice;
        _text = new StreamingDetokenizer(model.Tokenizer, request.StopStrings, request.PromptIds.Span);
        _stopIds = request.StopIds ?? model.StopIds;
        _promptTokens = request.PromptIds.Length;
        _limit = Math.Min(request.MaxCompletionTokens, model.ContextTokens - _promptTokens);
        Seed = request.Sampling.Seed ?? throw new ArgumentException("The request has no seed.", nameof(request));
    }

    /// <summary>Seed of all draws.</summary>
    public long Seed { get; }

    /// <summary>Tokens of the prompt that were computed for an earlier request.</summary>
    public int CachedTokens { get; set; }

    /// <summary>Counts so far.</summary>
    public GenerationUsage Usage => new(_promptTokens, CachedTokens, _completionTokens);

    /// <summary>How many more tokens the answer may have.</summary>
    public int Left => _limit - _completionTokens;

    /// <summary>Takes the next token that was chosen.</summary>
    /// <param name="id">The token.</param>
    /// <param name="logprobs">How likely it was, where that was asked for.</param>
    /// <param name="completes">Whether the answer ends with it, because a grammar says so.</param>
    /// <param name="completion">Why it ends then, or where the model itself says that it ends.</param>
    /// <returns>The events to deliver, in this order; at least one of them. With <c>Finished</c> the answer ends.</returns>
    public (TokenGenerated? Token, GenerationFinished? Finished) Accept(int id, TokenLogprobs? logprobs = null, bool completes = false, FinishReason completion = FinishReason.Stop)
    {
        if (_stopIds.Contains(id))
        {
            return (null, Finish(completion));
        }

        _completionTokens++;
        var token = new TokenGenerated(id, _text.Append(id), logprobs) { Choice = _choice };
        if (_text.Stopped || completes)
        {
            return (token, Finish(_text.Stopped ? FinishReason.Stop : completion));
        }

        return (token, _completionTokens == _limit ? Finish(FinishReason.Length) : null);
    }

    /// <summary>Ends the answer where no more tokens come.</summary>
    public GenerationFinished Finish(FinishReason reason) => new(reason, Usage, Seed, _text.Stopped ? "" : _text.Flush()) { Choice = _choice };

    /// <summary>Ends the answer by a failure.</summary>
    public GenerationFailedException Fail(GenerationFailure failure, string message, Exception? inner = null) => new(failure, message, Usage, inner);
}
