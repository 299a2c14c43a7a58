using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Sampling;
using CocoonOrleans.Inference.Scheduling;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// Tokens that a model computes for one caller. The engine's thread alone may call what is not marked otherwise. Several answers to one prompt are a
/// leader, which computes the prompt, and followers, which share its blocks.
/// </summary>
/// <param name="tokens">What is known of it at first.</param>
/// <param name="submitted">When the caller submitted it, as the clock's timestamp.</param>
internal abstract class Sequence(ReadOnlySpan<int> tokens, long submitted)
{
    private int[] _tokens = tokens.ToArray();
    private Sequence? _leader;
    private IReadOnlyList<Sequence> _followers = [];
    private readonly RequestPlaces _places = new();
    private int _followersWaiting;
    private volatile bool _cancelled;
    private volatile bool _expired;

    /// <summary>Whose it is, as the request says; null for nobody's that has others.</summary>
    public abstract string? TenantName { get; }

    /// <summary>When it is of no use any more; null: never.</summary>
    public virtual DateTimeOffset? Deadline => null;

    /// <summary>Whether its tenant's other requests may use what is computed of it.</summary>
    public virtual bool Shares => TenantName is not null;

    /// <summary>When the caller submitted it, as the clock's timestamp.</summary>
    public long Submitted => submitted;

    /// <summary>When it got the place that it has, as the clock's timestamp.</summary>
    public long PlacedAt { get; set; }

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
    public bool Admitted { get; private set; }

    /// <summary>Whose prompt it shares; itself where it leads or is alone.</summary>
    public Sequence Leader
    {
        get => _leader ?? this;
        private set => _leader = value;
    }

    /// <summary>Those that share its prompt.</summary>
    public IReadOnlyList<Sequence> Followers => _followers;

    /// <summary>How many of its request's sequences have a place.</summary>
    public virtual RequestPlaces Places => _leader is null ? _places : _leader.Places;

    /// <summary>Whether followers wait for the blocks that it shares with them.</summary>
    public bool IsWaitedFor => Leader is { _followersWaiting: > 0, _cancelled: false };

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

    /// <summary>Makes others share its prompt. For the caller, before it is submitted.</summary>
    public void Lead(IReadOnlyList<Sequence> followers)
    {
        (_followers, _followersWaiting) = (followers, followers.Count);
        foreach (var follower in followers)
        {
            follower.Leader = this;
        }
    }

    /// <summary>Nobody wants the rest, nor that of its followers. For any thread.</summary>
    public void Cancel()
    {
        _cancelled = true;
        foreach (var follower in _followers)
        {
            follower.Cancel();
        }
    }

    /// <summary>The deadline passed, for its followers too. For any thread.</summary>
    public void Expire()
    {
        _expired = true;
        foreach (var follower in _followers)
        {
            follower.Expire();
        }
    }

    /// <summary>It has a place now.</summary>
    public void Admit()
    {
        if (!Admitted && Leader != this)
        {
            Leader._followersWaiting--;
        }

        Admitted = true;
    }

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
        else if (_expired && Leader.Begun)
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
