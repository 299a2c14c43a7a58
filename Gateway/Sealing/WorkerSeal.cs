using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>Seals requests to one worker: under its newest verified statement, in one session for each statement. Thread-safe.</summary>
/// <param name="time">The clock by which statements are judged.</param>
public sealed class WorkerSeal(TimeProvider time) : IDisposable
{
    /// <summary>Clients go on sealing to a statement until it expires, while its worker has newer ones.</summary>
    private const int MostEarlier = 4;

    /// <summary>Workers make one each second at most, and clients ask anew after some 20: older ones have no clients any more.</summary>
    private const int MostFresh = 64;

    private readonly RequestSealer _single = new(time);
    private volatile Held? _held;
    private volatile CheckedStatement[] _earlier = [];
    private CheckedStatement[] _fresh = [];
    private volatile bool _isRevoked;

    /// <summary>The newest statement; null before the first.</summary>
    public CheckedStatement? Statement => _held?.Statement;

    /// <summary>Whether the worker may serve nobody any more.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>The tier at which the worker is taken now; null where nothing can be sealed to it. One whose statement, or what stands behind it, is missing or has expired gets no jobs.</summary>
    public TrustTier? Tier => Statement is { } statement && Holds(statement) ? statement.Tier : null;

    /// <summary>Whether requests can be sealed to the worker now.</summary>
    public bool IsOpen => Tier is not null;

    /// <summary>The newest statement and what came beside it, as the worker sent them; null before the first.</summary>
    public (CheckedStatement Statement, ShownEvidence Shown)? Newest => _held is { } held ? (held.Statement, held.Shown) : null;

    /// <summary>A statement of the worker that still holds: the newest, one before it, or a fresh one.</summary>
    /// <param name="hash">Its hash.</param>
    /// <returns>Null where there is none.</returns>
    public CheckedStatement? Find(Digest hash)
    {
        CheckedStatement? found = Statement is { } newest && newest.Bound.Hash == hash ? newest : _earlier.FirstOrDefault(statement => statement.Bound.Hash == hash) ?? Volatile.Read(ref _fresh).FirstOrDefault(statement => statement.Bound.Hash == hash);
        return found is not null && Holds(found) ? found : null;
    }

    /// <summary>Seals under this statement from now on, and opens its session: the public-key work is done before the first request comes.</summary>
    /// <param name="statement">A statement that was verified.</param>
    /// <param name="fault">Why nothing can be sealed to it; then the one before it stays.</param>
    /// <param name="shown">What came beside it; null for nothing.</param>
    public bool TryRenew(CheckedStatement statement, out SealingFault fault, ShownEvidence? shown = null)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (!ClientSession.TryOpen(statement.Bound, time, out ClientSession? session, out fault))
        {
            return false;
        }

        // Who seals in the old session at this moment finds it over, and seals a single request.
        if (Interlocked.Exchange(ref _held, new Held(statement, session, shown ?? new ShownEvidence(default))) is { } before)
        {
            before.Session.Dispose();
            _earlier = [.. _earlier.Prepend(before.Statement).Where(Holds).Take(MostEarlier)];
        }

        return true;
    }

    /// <summary>Lets clients' requests name a fresh statement. The gateway's own go on under the epoch's.</summary>
    /// <param name="statement">A statement that was verified.</param>
    /// <returns>False where it does not hold.</returns>
    public bool TryAddFresh(CheckedStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (!Holds(statement))
        {
            return false;
        }

        CheckedStatement[] before;
        do
        {
            before = Volatile.Read(ref _fresh);
        }
        while (Interlocked.CompareExchange(ref _fresh, [.. before.Prepend(statement).Where(Holds).Take(MostFresh)], before) != before);
        return true;
    }

    /// <summary>Seals a request.</summary>
    /// <param name="terms">The clear part.</param>
    /// <param name="meta">The first record.</param>
    /// <param name="body">The body.</param>
    /// <param name="alone">Whether it must stand outside of the session, because the worker did not take it there.</param>
    /// <param name="request">The request.</param>
    /// <param name="tier">The tier at which the worker was taken when it was sealed.</param>
    /// <param name="fault">Why there is none.</param>
    public bool TrySeal(
        RequestTerms terms, RequestMeta meta, ReadOnlySpan<byte> body, bool alone, [NotNullWhen(true)] out SealedRequest? request, out TrustTier tier, out SealingFault fault)
    {
        ArgumentNullException.ThrowIfNull(terms);
        (request, tier) = (null, default);
        if (_held is not { } held || !Holds(held.Statement))
        {
            fault = SealingFault.StatementExpired;
            return false;
        }

        // The statement may claim more than its evidence showed.
        tier = held.Statement.Tier;
        if (tier < terms.MinimumTier)
        {
            fault = SealingFault.TierTooLow;
            return false;
        }

        return (!alone && !held.HasNoSession && held.Session.TrySeal(terms, meta, body, out request, out fault))
            || _single.TrySeal(terms, meta, body, [held.Statement.Bound], out request, out fault);
    }

    /// <summary>The worker takes single requests and none of the session, as it does when it has as many sessions as it keeps: no more are tried under this statement.</summary>
    public void GiveUpSession(Digest statementHash)
    {
        if (_held is { } held && held.Statement.Bound.Hash == statementHash)
        {
            held.HasNoSession = true;
        }
    }

    /// <summary>Seals nothing any more, whatever statement holds.</summary>
    public void Revoke() => _isRevoked = true;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _held, null)?.Session.Dispose();

    private bool Holds(CheckedStatement statement) => !_isRevoked && time.GetUtcNow() is var now && now < statement.ValidUntil && statement.Bound.CheckTime(now) == SealingFault.None;

    private sealed class Held(CheckedStatement statement, ClientSession session, ShownEvidence shown)
    {
        private volatile bool _hasNoSession;

        public CheckedStatement Statement => statement;

        public ClientSession Session => session;

        public ShownEvidence Shown => shown;

        public bool HasNoSession
        {
            get => _hasNoSession;
            set => _hasNoSession = value;
        }
    }
}
