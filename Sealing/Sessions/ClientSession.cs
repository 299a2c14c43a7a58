using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Sessions;

/// <summary>
/// Requests of one client to one worker's statement, all under one encapsulation (docs/protocol.md, section 7). It lives as long as the statement. Thread-safe.
/// </summary>
public sealed class ClientSession : IDisposable
{
    private readonly TimeProvider _time;
    private readonly SessionSecret _secret;
    private readonly RequestRecipient _recipient;
    private readonly SealingSuite _suite;
    private long _next;

    private ClientSession(TimeProvider time, BoundStatement worker, SealingSuite suite, RequestRecipient recipient, SessionSecret secret)
    {
        _time = time;
        Worker = worker;
        _suite = suite;
        _recipient = recipient;
        _secret = secret;
    }

    /// <summary>The worker's statement.</summary>
    public BoundStatement Worker { get; }

    /// <summary>Opens a session. Nothing is sent: its first request opens it at the worker.</summary>
    /// <param name="worker">A statement that the caller has verified.</param>
    /// <param name="time">The clock by which it is judged.</param>
    /// <param name="session">The session.</param>
    /// <param name="fault">Why it can't be sealed to: expired, no worker's, no suite that we know, or a bad key.</param>
    public static bool TryOpen(BoundStatement worker, TimeProvider time, [NotNullWhen(true)] out ClientSession? session, out SealingFault fault)
    {
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(time);
        session = null;
        fault = RequestChecks.Check([worker], time.GetUtcNow(), out var number);
        if (fault != SealingFault.None)
        {
            return false;
        }

        var suite = HpkeSuite.Of(number)!;
        var encapsulation = new byte[suite.Kem.PublicKeyBytes];
        var info = RequestFormat.Info("cocoon/session/v1"u8, number, worker.Statement.NetworkId, worker.Hash);
        using var context = HpkeContext.TrySetupSender(suite, worker.Statement.KeyOf(number)!.PublicKey.Span, info, encapsulation);
        if (context is null)
        {
            fault = SealingFault.InvalidKey;
            return false;
        }

        session = new ClientSession(time, worker, number, new RequestRecipient(worker.Hash, encapsulation), SessionSecret.Of(context));
        return true;
    }

    /// <summary>Seals the next request.</summary>
    /// <param name="terms">The clear part.</param>
    /// <param name="meta">The first record.</param>
    /// <param name="body">The body; at most 4 MiB.</param>
    /// <param name="request">The request.</param>
    /// <param name="fault">Why there is none: the statement has expired, its tier is below what the terms demand, or the session is over.</param>
    /// <exception cref="ArgumentException">A field of the terms or the meta record is out of its range, or the body is too long.</exception>
    public bool TrySeal(RequestTerms terms, RequestMeta meta, ReadOnlySpan<byte> body, [NotNullWhen(true)] out SealedRequest? request, out SealingFault fault)
    {
        RequestChecks.Check(terms, body);
        ArgumentNullException.ThrowIfNull(meta);
        request = null;
        var metaBytes = meta.Encode();
        fault = RequestChecks.Check(Worker, terms, _time.GetUtcNow());
        if (fault != SealingFault.None)
        {
            return false;
        }

        var counter = Interlocked.Increment(ref _next) - 1;
        if (counter > uint.MaxValue)
        {
            fault = SealingFault.SessionOver;
            return false;
        }

        var header = new RequestHeader(Worker.Statement.NetworkId, terms, _suite, [_recipient], (uint)counter);
        var headerBytes = header.Encode();
        var headerHash = RequestHeader.Hash(headerBytes);
        Span<byte> secret = stackalloc byte[RequestFormat.SecretBytes];
        Span<byte> prk = stackalloc byte[RequestFormat.SecretBytes];
        Span<byte> wrap = stackalloc byte[RequestFormat.WrapBytes];
        try
        {
            RandomNumberGenerator.Fill(secret);
            if (!_secret.TryWrap(headerHash, secret, wrap))
            {
                fault = SealingFault.SessionOver;
                return false;
            }

            RequestFormat.DeriveKey(headerHash, wrap, secret, prk);
            var worker = new AddressedWorker(Worker);
            SessionSecret.DeriveExport(prk, worker.Export);
            var bytes = RequestWriter.Write(RequestFormat.SessionMagic, headerBytes, wrap, StreamKey.OfRequest(prk, headerHash), terms.Padding, metaBytes, body);
            request = new SealedRequest(bytes, header, headerHash, [worker]);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(prk);
        }
    }

    /// <summary>Forgets the session's keys. Answers to its requests can still be read.</summary>
    public void Dispose() => _secret.Dispose();
}
