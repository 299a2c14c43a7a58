using System.Security.Cryptography;
using CocoonOrleans.KeyBroker.Hosting;
using CocoonOrleans.Sealing;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.KeyBroker.Nonces;

/// <summary>The nonces that are out: each is good once, for a while. In memory only: after a restart none is good. Thread-safe.</summary>
public sealed class NonceBook(IOptions<KeyBrokerOptions> options, TimeProvider time)
{
    /// <summary>How long a nonce is good.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(120);

    private readonly Lock _turn = new();
    private readonly Dictionary<Digest, DateTimeOffset> _out = [];
    private readonly Queue<(Digest Nonce, DateTimeOffset Expires)> _order = new();

    /// <summary>A new nonce.</summary>
    /// <returns>Null where too many are out.</returns>
    public (Digest Nonce, DateTimeOffset Expires)? Give()
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_turn)
        {
            while (_order.TryPeek(out var oldest) && oldest.Expires <= now)
            {
                _order.Dequeue();
                _out.Remove(oldest.Nonce);
            }

            // The queue, not the table: used ones count until they would have expired, so that its length is bounded too.
            if (_order.Count >= options.Value.MostNonces)
            {
                return null;
            }

            var nonce = (new Digest(RandomNumberGenerator.GetBytes(Digest.Length)), now + Life);
            _out.Add(nonce.Item1, nonce.Item2);
            _order.Enqueue(nonce);
            return nonce;
        }
    }

    /// <summary>Whether a nonce is good now.</summary>
    public bool IsGood(Digest nonce)
    {
        lock (_turn)
        {
            return _out.TryGetValue(nonce, out DateTimeOffset expires) && expires > time.GetUtcNow();
        }
    }

    /// <summary>Uses a nonce up.</summary>
    /// <returns>Whether it was good: true for one caller, and never again.</returns>
    public bool TryUse(Digest nonce)
    {
        lock (_turn)
        {
            return _out.Remove(nonce, out DateTimeOffset expires) && expires > time.GetUtcNow();
        }
    }
}
