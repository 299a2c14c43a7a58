using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>Seals a request to up to three workers, any one of which may answer (docs/protocol.md, section 6). One encapsulation for each: who talks on opens a session.</summary>
/// <param name="time">The clock by which statements are judged.</param>
public sealed class RequestSealer(TimeProvider time)
{
    /// <summary>Seals a request.</summary>
    /// <param name="terms">The clear part.</param>
    /// <param name="meta">The first record.</param>
    /// <param name="body">The body; at most 4 MiB.</param>
    /// <param name="workers">1 to 3 statements that the caller has verified, in the order of preference; no one twice.</param>
    /// <param name="request">The request.</param>
    /// <param name="fault">Why a statement can't be sealed to: expired, no worker's, of another network, of a lower tier than the terms demand, without a common suite, or with a bad key.</param>
    /// <exception cref="ArgumentException">A field of the terms or the meta record is out of its range, or the body or the list of workers is too long.</exception>
    public bool TrySeal(
        RequestTerms terms, RequestMeta meta, ReadOnlySpan<byte> body, IReadOnlyList<BoundStatement> workers,
        [NotNullWhen(true)] out SealedRequest? request, out SealingFault fault)
    {
        RequestChecks.Check(terms, body);
        ArgumentNullException.ThrowIfNull(meta);
        ArgumentNullException.ThrowIfNull(workers);
        if (workers.Count is < 1 or > RequestHeader.MaxRecipients || workers.DistinctBy(worker => worker.Hash).Count() != workers.Count)
        {
            throw new ArgumentException($"There must be 1 to {RequestHeader.MaxRecipients} workers, no one twice.", nameof(workers));
        }

        request = null;
        var metaBytes = meta.Encode();
        var now = time.GetUtcNow();
        fault = RequestChecks.Check(workers, now, out var suite);
        foreach (var worker in workers)
        {
            fault = fault == SealingFault.None ? RequestChecks.Check(worker, terms, now) : fault;
        }

        if (fault != SealingFault.None)
        {
            return false;
        }

        var contexts = new HpkeContext?[workers.Count];
        Span<byte> secret = stackalloc byte[RequestFormat.SecretBytes];
        Span<byte> prk = stackalloc byte[RequestFormat.SecretBytes];
        try
        {
            var recipients = new RequestRecipient[workers.Count];
            for (var i = 0; i < workers.Count; i++)
            {
                if (TrySetup(suite, workers[i], out contexts[i]) is not { } recipient)
                {
                    fault = SealingFault.InvalidKey;
                    return false;
                }

                recipients[i] = recipient;
            }

            var header = new RequestHeader(workers[0].Statement.NetworkId, terms, suite, recipients, Counter: null);
            var headerBytes = header.Encode();
            var headerHash = RequestHeader.Hash(headerBytes);
            Span<byte> aad = stackalloc byte[Digest.Length];
            headerHash.CopyTo(aad);

            RandomNumberGenerator.Fill(secret);
            var wraps = new byte[workers.Count * RequestFormat.WrapBytes];
            var addressed = new AddressedWorker[workers.Count];
            for (var i = 0; i < workers.Count; i++)
            {
                contexts[i]!.Seal(aad, secret, wraps.AsSpan(i * RequestFormat.WrapBytes, RequestFormat.WrapBytes));
                addressed[i] = new AddressedWorker(workers[i]);
                contexts[i]!.Export("cocoon/resp/v1"u8, addressed[i].Export);
            }

            RequestFormat.DeriveKey(headerHash, wraps, secret, prk);
            var bytes = RequestWriter.Write(RequestFormat.EnvelopeMagic, headerBytes, wraps, StreamKey.OfRequest(prk, headerHash), terms.Padding, metaBytes, body);
            request = new SealedRequest(bytes, header, headerHash, addressed);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(prk);
            foreach (var context in contexts)
            {
                context?.Dispose();
            }
        }
    }

    private static RequestRecipient? TrySetup(SealingSuite number, BoundStatement worker, out HpkeContext? context)
    {
        var suite = HpkeSuite.Of(number)!;
        var encapsulation = new byte[suite.Kem.PublicKeyBytes];
        var info = RequestFormat.Info("cocoon/wrap/v1"u8, number, worker.Statement.NetworkId, worker.Hash);
        context = HpkeContext.TrySetupSender(suite, worker.Statement.KeyOf(number)!.PublicKey.Span, info, encapsulation);
        return context is null ? null : new RequestRecipient(worker.Hash, encapsulation);
    }
}
