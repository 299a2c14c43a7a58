using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Caching.Memory;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>
/// Compiles the schemas that requests ask for. A client that sends a schema again gets the same grammar, whose token masks are worked out already; another
/// client never does, so that no timing tells what others ask for. At most 256 are kept, each for ten minutes after its last use.
/// </summary>
internal sealed class RequestGrammars : IDisposable
{
    private const int Most = 256;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Most });

    /// <summary>The grammar of a schema.</summary>
    /// <param name="dispatch">Whose job it is.</param>
    /// <param name="schema">The JSON schema.</param>
    /// <exception cref="GrammarException">It can't be kept to.</exception>
    public Grammar Of(JobDispatch dispatch, string schema)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(schema);
        if (dispatch.Tenant is not { } tenant)
        {
            return Grammar.FromJsonSchema(utf8);
        }

        (string, string) key = (tenant, Convert.ToHexString(SHA256.HashData(utf8)));
        if (_cache.TryGetValue(key, out Grammar? known))
        {
            return known!;
        }

        var grammar = Grammar.FromJsonSchema(utf8);
        _cache.Set(key, grammar, new MemoryCacheEntryOptions
        {
            Size = 1,
            SlidingExpiration = Kept,
        });
        return grammar;
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
