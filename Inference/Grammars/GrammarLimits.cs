namespace CocoonOrleans.Inference.Grammars;

/// <summary>What a grammar may cost. Grammars come from strangers: each bound is checked before the memory or the time is spent.</summary>
internal static class GrammarLimits
{
    /// <summary>Bytes of a JSON schema.</summary>
    public const int SchemaBytes = 256 * 1024;

    /// <summary>Nesting of a JSON schema's own text. A level of the output takes two or three.</summary>
    public const int SchemaDepth = 192;

    /// <summary>Characters of the path to a place in a schema: names are long or nested deep, but not both.</summary>
    public const int PathLength = 4096;

    /// <summary>References that lead to each other without an object or array in between.</summary>
    public const int References = 64;

    /// <summary>Characters of a pattern.</summary>
    public const int PatternLength = 4096;

    /// <summary>Characters of a GBNF grammar.</summary>
    public const int GbnfLength = 64 * 1024;

    /// <summary>Characters of the name of a GBNF rule.</summary>
    public const int GbnfName = 64;

    /// <summary>Objects and arrays, or rules of a GBNF grammar, inside each other in the output: what System.Text.Json and others read without being asked for more.</summary>
    public const int OutputDepth = 64;

    /// <summary>Nodes of the whole automaton.</summary>
    public const int Nodes = 65_536;

    /// <summary>Nodes of everything that is built on the way.</summary>
    public const int BuiltNodes = 250_000;

    /// <summary>Elementary steps of compiling, up to 100 ns each: about a second at most.</summary>
    public const long CompileSteps = 8_000_000;

    /// <summary>
    /// Ways in which a text may be read at once. Those that differ in what is open share it, so only a grammar with very many like branches comes here;
    /// then nothing is allowed any more and the answer fails.
    /// </summary>
    public const int Configurations = 512;

    /// <summary>
    /// Comparisons of configurations while one mask is worked out, about a nanosecond each: the engine serves nobody else meanwhile. Beyond them nothing is
    /// allowed any more.
    /// </summary>
    public const long MaskSteps = 20_000_000;

    /// <summary>Bytes that may be put in to end a text whose tokens run out. What needs more is cut.</summary>
    public const int EndingBytes = 1024;

    /// <summary>Largest <c>minLength</c>, <c>maxLength</c>, <c>minItems</c> and <c>maxItems</c>.</summary>
    public const int Count = 1_000_000;

    /// <summary>Bytes of the masks that a grammar keeps for one vocabulary.</summary>
    public const long MaskBytes = 8 * 1024 * 1024;
}
