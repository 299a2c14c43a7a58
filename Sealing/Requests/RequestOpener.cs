using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>
/// Opens sealed requests at a worker, of both kinds (docs/protocol.md, sections 6 and 7). Takes any bytes: what it refuses it refuses with a reason, and it
/// throws over none. Form, size, time and memory come before any decapsulation. Thread-safe.
/// </summary>
public sealed class RequestOpener
{
    private readonly EpochKeyRing _keys;
    private readonly TimeProvider _time;
    private readonly int _mostBytes;
    private readonly DecapsulationBudget _budget;

    /// <summary>Opens with these keys.</summary>
    /// <param name="keys">The worker's keys.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limits">What is taken.</param>
    public RequestOpener(EpochKeyRing keys, TimeProvider time, OpenerLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(time);
        limits ??= new OpenerLimits();
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.RequestBytes, 1 << 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.DecapsulationsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.DecapsulationBurst, 1);
        _keys = keys;
        _time = time;
        _mostBytes = limits.RequestBytes;
        _budget = new DecapsulationBudget(limits.DecapsulationsPerSecond, limits.DecapsulationBurst, time);
    }

    /// <summary>Opens a request, whole: nothing of it is given before all of it was checked, and it is given once.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="request">What they say; the caller disposes of it.</param>
    /// <param name="fault">Why it is refused. From outside every one is <see cref="SealingErrorCodes.Rejected"/>.</param>
    public bool TryOpen(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out OpenedRequest? request, out SealingFault fault)
    {
        request = null;
        if (bytes.Length > _mostBytes)
        {
            fault = SealingFault.TooLarge;
            return false;
        }

        if (!RequestFrame.TryRead(bytes, out var frame))
        {
            fault = SealingFault.Malformed;
            return false;
        }

        var header = frame.Header;
        fault = FindRecipient(header, out var recipient);
        if (fault != SealingFault.None)
        {
            return false;
        }

        Span<byte> secret = stackalloc byte[RequestFormat.SecretBytes];
        Span<byte> prk = stackalloc byte[RequestFormat.SecretBytes];
        var worker = new AddressedWorker(recipient!.Statement);
        try
        {
            request = frame.IsSession
                ? OpenInSession(bytes, header, frame, recipient, worker, secret, prk, ref fault)
                : OpenEnvelope(bytes, header, frame, recipient, worker, secret, prk, ref fault);
            return request is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(prk);
            if (request is null)
            {
                worker.Dispose();
            }
        }
    }

    /// <summary>The first of the header's statements whose keys we have.</summary>
    private SealingFault FindRecipient(RequestHeader header, out Recipient? recipient)
    {
        recipient = null;
        for (var i = 0; i < header.Recipients.Count && recipient is null; i++)
        {
            if (_keys.Find(header.Recipients[i].StatementHash) is var (keys, statement))
            {
                recipient = new Recipient(i, header.Recipients[i], keys, statement);
            }
        }

        if (recipient is null)
        {
            return SealingFault.UnknownRecipient;
        }

        var (now, offered) = (_time.GetUtcNow(), recipient.Statement.Statement);
        return offered.NetworkId != header.NetworkId ? SealingFault.OtherNetwork
            : recipient.Statement.CheckTime(now) is not SealingFault.None and var fault ? fault
            : now >= header.Terms.Expires + BoundStatement.ClockSkew ? SealingFault.RequestExpired
            : offered.Tier < header.Terms.MinimumTier ? SealingFault.TierTooLow
            : HpkeSuite.Of(header.Suite) is null || offered.KeyOf(header.Suite) is null ? SealingFault.SuiteNotOffered
            : SealingFault.None;
    }

    private OpenedRequest? OpenEnvelope(
        ReadOnlySpan<byte> bytes, RequestHeader header, RequestFrame frame, Recipient recipient, AddressedWorker worker, Span<byte> secret, Span<byte> prk, ref SealingFault fault)
    {
        fault = recipient.Keys.Seen.Check(frame.HeaderHash);
        if (fault != SealingFault.None)
        {
            return null;
        }

        using var context = TryDecapsulate("cocoon/wrap/v1"u8, header, recipient, ref fault);
        if (context is null)
        {
            return null;
        }

        var wraps = bytes[frame.Wraps];
        if (!context.TryOpen(Aad(frame.HeaderHash), wraps.Slice(recipient.Index * RequestFormat.WrapBytes, RequestFormat.WrapBytes), secret))
        {
            fault = SealingFault.WrapRejected;
            return null;
        }

        context.Export("cocoon/resp/v1"u8, worker.Export);
        RequestFormat.DeriveKey(frame.HeaderHash, wraps, secret, prk);
        return OpenRecords(bytes, header, frame, worker, prk, () => recipient.Keys.Seen.Use(frame.HeaderHash), ref fault);
    }

    private OpenedRequest? OpenInSession(
        ReadOnlySpan<byte> bytes, RequestHeader header, RequestFrame frame, Recipient recipient, AddressedWorker worker, Span<byte> secret, Span<byte> prk, ref SealingFault fault)
    {
        var counter = header.Counter!.Value;
        var sessions = recipient.Keys.Sessions;
        var id = SessionId(recipient);
        var session = sessions.Find(id);
        var isNew = session is null;
        if (session is null)
        {
            if (sessions.IsFull)
            {
                fault = SealingFault.TooManySessions;
                return null;
            }

            using var context = TryDecapsulate("cocoon/session/v1"u8, header, recipient, ref fault);
            if (context is null)
            {
                return null;
            }

            session = new WorkerSession(SessionSecret.Of(context));
        }

        OpenedRequest? request = null;
        try
        {
            var wrap = bytes[frame.Wraps];
            fault = session.Check(counter);
            if (fault != SealingFault.None)
            {
                return null;
            }

            if (!session.Secret.TryUnwrap(frame.HeaderHash, wrap, secret))
            {
                fault = SealingFault.WrapRejected;
                return null;
            }

            RequestFormat.DeriveKey(frame.HeaderHash, wrap, secret, prk);
            SessionSecret.DeriveExport(prk, worker.Export);
            request = OpenRecords(
                bytes, header, frame, worker, prk, () => sessions.Keep(id, session) is { } kept ? kept.Use(counter) : SealingFault.TooManySessions, ref fault);
            return request;
        }
        finally
        {
            if (isNew && request is null)
            {
                sessions.DisposeUnlessKept(id, session);
            }
        }
    }

    /// <remarks><c>use</c> is asked last, once everything is checked: whether the request was not here before.</remarks>
    private static OpenedRequest? OpenRecords(
        ReadOnlySpan<byte> bytes, RequestHeader header, RequestFrame frame, AddressedWorker worker, ReadOnlySpan<byte> prk, Func<SealingFault> use, ref SealingFault fault)
    {
        using var body = new RequestBody(StreamKey.OfRequest(prk, frame.HeaderHash));
        fault = body.Read(bytes[frame.Records..]);
        if (fault == SealingFault.None)
        {
            fault = use();
        }

        return fault == SealingFault.None ? new OpenedRequest(header, frame.HeaderHash, worker, body.Meta!, body.Take()) : null;
    }

    private HpkeContext? TryDecapsulate(ReadOnlySpan<byte> label, RequestHeader header, Recipient recipient, ref SealingFault fault)
    {
        if (!_budget.TryTake())
        {
            fault = SealingFault.DecapsulationBudgetSpent;
            return null;
        }

        var info = RequestFormat.Info(label, header.Suite, header.NetworkId, recipient.Statement.Hash);
        var context = recipient.Keys.KeyOf(header.Suite) is { } key
            ? HpkeContext.TrySetupRecipient(HpkeSuite.Of(header.Suite)!, key, recipient.Entry.Encapsulation.Span, info)
            : null;
        fault = context is null ? SealingFault.InvalidKey : SealingFault.None;
        return context;
    }

    /// <summary>Names a session in the worker's table: its statement and encapsulation.</summary>
    private static Digest SessionId(Recipient recipient) => Digest.Of([.. recipient.Statement.Hash.ToArray(), .. recipient.Entry.Encapsulation.Span]);

    private static byte[] Aad(Digest headerHash) => headerHash.ToArray();

    private sealed record Recipient(int Index, RequestRecipient Entry, EpochKeys Keys, BoundStatement Statement);
}
