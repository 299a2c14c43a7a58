using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;
using CocoonOrleans.Inference.Scheduling;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// Tokens that a model computes for one caller. The engine's thread alone may call what is not marked otherwise.
/// </summary>
/// <param name="tokens">What is known of it at first.</param>
/// <param name="submitted">When the caller submitted it, as the clock's timestamp.</param>
internal abstract class Sequence(ReadOnlySpan<int> tokens, long submitted)
{
    private int[] _tokens = tokens.ToArray();
    private volatile bool _cancelled;
    private volatile bool _expired;

    /// <summary>Whose it is, as the request says; null for nobody's that has others.</summary>
    public abstract string? TenantName { get; }

    /// <summary>Whether its tenant's other requests may use what is computed of it.</summary>
    public virtual bool Shares => TenantName is not null;

    /// <summary>When the caller submitted it, as the clock's timestamp.</summary>
    public long Submitted => submitted;

    /// <summary>When its first token came, as the clock's timestamp; 0 before that.</summary>
    public long FirstTokenAt { get; set; }

    /// <summary>When its last token came, as the clock's timestamp; 0 before that.</summary>
    public long LastTokenAt { get; set; }

    /// <summary>Tokens generated so far.</summary>
    public virtual int CompletionTokens => 0;

    /// <summary>Place in the order of arrival, from 1 up.</summary>
    public long Number { get; set; }

    /// <summary>Who shares the engine as one with it.</summary>
    public Tenant Tenant { get; set; } = null!;

    /// <summary>Whether it has had a place already.</summary>
    public bool Admitted { get; set; }

    /// <summary>Its part of the key-value cache.</summary>
    public SequenceBlocks Blocks { get; set; } = null!;

    /// <summary>Token ids so far.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Length);

    /// <summary>Number of tokens so far.</summary>
    public int Length { get; private set; } = tokens.Length;

    /// <summary>Tokens whose keys and values are not stored yet.</summary>
    public int Pending => Length - Blocks.Computed;

    /// <summary>Most tokens that one step may compute of it.</summary>
    public virtual int MostRows => int.MaxValue;

    /// <summary>Whether a token was generated.</summary>
    public bool Begun { get; protected set; }

    /// <summary>Whether nothing more is to be computed.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether it ended as it should, without a failure.</summary>
    public bool Completed { get; protected set; }

    /// <summary>Nobody wants the rest. For any thread.</summary>
    public void Cancel() => _cancelled = true;

    /// <summary>The deadline passed. For any thread.</summary>
    public void Expire() => _expired = true;

    /// <summary>Whether what one step gives finds room with the caller.</summary>
    public virtual bool HasRoom() => true;

    /// <summary>For how many of the next rows, counted from the last one back, logits are needed.</summary>
    /// <param name="rows">The rows that a step computes.</param>
    public virtual int LogitRows(int rows) => rows == Pending ? 1 : 0;

    /// <summary>Ends it if it was cancelled or its deadline passed.</summary>
    public void EndIfUnwanted()
    {
        if (Ended)
        {
            return;
        }

        if (_cancelled)
        {
            End(new OperationCanceledException());
        }
        else if (_expired && Begun)
        {
            Fail(GenerationFailure.DeadlinePassed, "The deadline passed before the answer was complete.");
        }
        else if (_expired)
        {
            Refuse(RequestRules.DeadlinePassed);
        }
    }

    /// <summary>Takes the logits that it needs of a step; the step's tokens are stored.</summary>
    /// <param name="logits">A row for each; may be changed.</param>
    /// <param name="sampler">Chooses tokens.</param>
    /// <returns>Whether a token was delivered.</returns>
    public abstract bool Advance(Span<float> logits, TokenSampler sampler);

    /// <summary>Says how many of its first tokens the cache had.</summary>
    public virtual void CountCached(int tokens)
    {
    }

    /// <summary>Ends it by a failure.</summary>
    public void Fail(GenerationFailure failure, string message, Exception? inner = null) => End(FailureOf(failure, message, inner));

    /// <summary>Ends what is not taken.</summary>
    public void Refuse(EngineRefusal refusal) => End(new EngineRefusalException(refusal));

    /// <summary>A failure as the caller sees it.</summary>
    protected abstract GenerationFailedException FailureOf(GenerationFailure failure, string message, Exception? inner);

    /// <summary>Lets the caller know that nothing more comes.</summary>
    /// <param name="error">Why; null where it is complete.</param>
    protected abstract void Tell(Exception? error);

    /// <summary>Ends it.</summary>
    protected void End(Exception? error)
    {
        Ended = true;
        Array.Clear(_tokens);
        Tell(error);
    }

    /// <summary>Adds the token that was chosen.</summary>
    protected void Append(int id)
    {
        if (Length == _tokens.Length)
        {
            var grown = new int[Math.Max(16, Length * 2)];
            _tokens.CopyTo(grown, 0);
            Array.Clear(_tokens);
            _tokens = grown;
        }

        _tokens[Length++] = id;
    }
}
