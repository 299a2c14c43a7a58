namespace CocoonOrleans.Inference.Grammars;

/// <summary>
/// A grammar that can't be compiled: malformed, not supported, never satisfied, or larger than the bounds. The message is for whoever sent the grammar;
/// it may hold names out of it, so it doesn't belong into a log.
/// </summary>
public sealed class GrammarException : Exception
{
    internal GrammarException(string path, string reason)
        : base($"{path}: {reason}")
    {
        Path = path;
    }

    /// <summary>
    /// The place at fault: of a JSON schema a JSON pointer (RFC 6901) behind a #, such as <c>#/properties/age/multipleOf</c>; of a GBNF grammar the line; # is the whole grammar.
    /// </summary>
    public string Path { get; }
}
