using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Inference.Grammars;
using Microsoft.Extensions.Caching.Memory;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>
/// Compiles the schemas and grammars that requests ask for. A client that sends one again gets the same grammar, whose token masks are worked out already; another
/// client never does, so that no timing tells what others ask for. At most 256 are kept, each for ten minutes after its last use.
/// </summary>
internal sealed class RequestGrammars : IDisposable
{
    private const int Most = 256;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Most });

    /// <summary>The grammar of a schema.</summary>
    /// <param name="tenant">Whose request it is; null where nothing may be shared.</param>
    /// <param name="schema">The JSON schema.</param>
    /// <exception cref="GrammarException">It can't be kept to.</exception>
    public Grammar OfSchema(string? tenant, string schema) => Of(tenant, "schema", schema, text => Grammar.FromJsonSchema(Encoding.UTF8.GetBytes(text)));

    /// <summary>The grammar of a regular expression.</summary>
    /// <param name="tenant">Whose request it is; null where nothing may be shared.</param>
    /// <param name="pattern">The regular expression.</param>
    /// <exception cref="GrammarException">It can't be kept to.</exception>
    public Grammar OfPattern(string? tenant, string pattern) => Of(tenant, "pattern", pattern, Grammar.FromPattern);

    /// <summary>A grammar in llama.cpp's notation.</summary>
    /// <param name="tenant">Whose request it is; null where nothing may be shared.</param>
    /// <param name="gbnf">The rules.</param>
    /// <exception cref="GrammarException">It can't be kept to.</exception>
    public Grammar OfGbnf(string? tenant, string gbnf) => Of(tenant, "gbnf", gbnf, Grammar.FromGbnf);

    private Grammar Of(string? tenant, string kind, string text, Func<string, Grammar> compile)
    {
        if (tenant is null)
        {
            return compile(text);
        }

        (string, string, string) key = (tenant, kind, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        if (_cache.TryGetValue(key, out Grammar? known))
        {
            return known!;
        }

        Grammar grammar = compile(text);
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
