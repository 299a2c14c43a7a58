using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Grammars;

/// <summary>
/// The grammars that one model's requests ask for, over its vocabulary. Masks live as long as the request's <see cref="Grammar"/> does, and are shared by
/// all requests that give the same instance. Thread-safe.
/// </summary>
internal sealed class ModelGrammars(LoadedModel model, int vocabularySize)
{
    private readonly Lazy<TokenTrie> _trie = new(() => new TokenTrie(model.Tokenizer, vocabularySize));
    private readonly ConditionalWeakTable<Grammar, TokenGrammar> _grammars = [];

    /// <summary>Why the model can't keep to a request's grammar; null where it can.</summary>
    public EngineRefusal? Check(GenerationRequest request) => request.Grammar is null || model.Tokenizer.TokensStandAlone
        ? null
        : new(EngineRefusalKind.InvalidOption, "What this model's tokens say depends on what follows them, so it can keep no answer to a grammar. Use another model.", nameof(request.Grammar));

    /// <summary>
    /// Begins an answer; null where the request has no grammar. Works the first mask out, and the tree of the vocabulary if need be, so that the thread
    /// that computes everybody's tokens doesn't have to.
    /// </summary>
    public AnswerGrammar? Start(GenerationRequest request)
    {
        if (request.Grammar is not { } grammar)
        {
            return null;
        }

        var answer = new AnswerGrammar(_grammars.GetValue(grammar, grammar => new TokenGrammar(grammar, _trie.Value)).Start(), request.StopIds ?? model.StopIds);
        answer.TryMask(out _);
        return answer;
    }
}
