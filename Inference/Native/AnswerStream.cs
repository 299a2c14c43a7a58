using System.Threading.Channels;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// The events of a request's answers on their way to the caller who reads them. The engine's thread alone may call what is not marked otherwise.
/// </summary>
/// <param name="answers">The request for each answer alone, and the answer.</param>
/// <param name="eventsAhead">Events that each answer may be ahead of the reader.</param>
internal sealed class AnswerStream(IReadOnlyList<(GenerationRequest Request, AnswerProgress Progress)> answers, int eventsAhead)
{
    /// <summary>What one step gives of an answer at most: a token and the end.</summary>
    private const int EventsOfStep = 2;

    private readonly Channel<GenerationEvent> _events = Channel.CreateBounded<GenerationEvent>(
        new BoundedChannelOptions(eventsAhead * answers.Count) { SingleReader = true, SingleWriter = true });

    private volatile bool _waitsForReader;
    private int _open = answers.Count;

    /// <summary>The caller's end. For the caller.</summary>
    public ChannelReader<GenerationEvent> Events => _events.Reader;

    /// <summary>Makes the sequences. For the caller, once.</summary>
    /// <param name="grammars">The model's grammars.</param>
    /// <param name="submitted">When the caller submitted the request, as the clock's timestamp.</param>
    /// <returns>The one that goes first; the others follow when its prompt is computed.</returns>
    public AnswerSequence Start(ModelGrammars grammars, long submitted)
    {
        AnswerSequence[] sequences = [.. answers.Select(answer => new AnswerSequence(answer.Request, answer.Progress, grammars.Start(answer.Request), this, submitted))];
        sequences[0].Lead(sequences[1..]);
        return sequences[0];
    }

    /// <summary>Whether the engine holds these answers back until the caller has read. For the caller, after each read: then the engine has to be woken.</summary>
    public bool IsWaitingForReader()
    {
        // Pairs with the barrier in HasRoom: one of the two threads sees what the other one did.
        Interlocked.MemoryBarrier();
        return _waitsForReader;
    }

    /// <summary>Whether the events of one step find room, from whichever of the answers they come.</summary>
    public bool HasRoom()
    {
        _waitsForReader = Full();
        if (_waitsForReader)
        {
            Interlocked.MemoryBarrier();
            _waitsForReader = Full();
        }

        return !_waitsForReader;

        bool Full() => _events.Reader.Count > (eventsAhead - EventsOfStep) * answers.Count;
    }

    /// <summary>Delivers an event, which has room.</summary>
    public void Write(GenerationEvent step) => _events.Writer.TryWrite(step);

    /// <summary>One of the answers has ended: the last one, and any that failed, end the stream.</summary>
    /// <param name="error">Why; null where it is complete.</param>
    public void End(Exception? error)
    {
        if (--_open == 0 || error is not null)
        {
            _events.Writer.TryComplete(error);
        }
    }

    /// <summary>The prompt of all answers had so many tokens in the cache.</summary>
    public void CountCached(int tokens)
    {
        foreach (var (_, progress) in answers)
        {
            progress.CachedTokens = tokens;
        }
    }

    /// <summary>A failure of one of the answers, with the counts of all.</summary>
    public GenerationFailedException Fail(GenerationFailure failure, string message, Exception? inner)
        => new(failure, message, answers[0].Progress.Usage with { CompletionTokens = answers.Sum(answer => answer.Progress.Usage.CompletionTokens) }, inner);
}
