using System.Text.Json;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>
/// How a byte-level tokenizer cuts a text into pieces: a name in <c>tokenizer.ggml.pre</c>, and the same as steps of tokenizer.json. Names are llama.cpp's,
/// patterns those of the models' own tokenizer.json.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Pattern">The pattern that comes before the bytes; null for GPT-2's.</param>
/// <param name="Digits">Whether every digit is a piece of its own, before GPT-2's pattern.</param>
/// <param name="WholePieces">Whether a piece that is a token is taken whole.</param>
/// <param name="Composes">Whether text is put into Unicode's form C.</param>
/// <param name="AddsBegin">Whether a begin token comes first where no key says.</param>
internal sealed record GgufSplitting(string Name, string? Pattern, bool Digits = false, bool WholePieces = false, bool Composes = false, bool AddsBegin = false)
{
    private const string Endings = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Words = @"[^\r\n\p{L}\p{N}]?\p{L}+";
    private const string Rest = @" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string RestWithSlash = @" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Start = @"[^\r\n\p{L}\p{N}]?";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";

    private static readonly GgufSplitting[] Known =
    [
        new("gpt-2", null),
        new("llama-bpe", $@"{Endings}|{Words}|\p{{N}}{{1,3}}|{Rest}", WholePieces: true, AddsBegin: true),
        new("qwen2", $@"{Endings}|{Words}|\p{{N}}|{Rest}", Composes: true),
        new("dbrx", $@"{Endings}|{Words}|\p{{N}}{{1,3}}|{Rest}"),
        new("smollm", null, Digits: true),
        new("tekken", $@"{Start}{Upper}*{Lower}+|{Start}{Upper}+{Lower}*|\p{{N}}|{RestWithSlash}", WholePieces: true, AddsBegin: true),
        new("gpt-4o", $@"{Start}{Upper}*{Lower}+{Endings}?|{Start}{Upper}+{Lower}*{Endings}?|\p{{N}}{{1,3}}|{RestWithSlash}"),
    ];

    // Other names for the same.
    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["llama3"] = "llama-bpe",
        ["llama-v3"] = "llama-bpe",
        ["deepseek-r1-qwen"] = "qwen2",
    };

    /// <summary>All names that are known.</summary>
    public static IEnumerable<string> Names => Known.Select(splitting => splitting.Name).Concat(Aliases.Keys);

    /// <summary>The splitting of a name; null for an unknown one.</summary>
    public static GgufSplitting? Of(string name)
    {
        var own = Aliases.GetValueOrDefault(name, name);
        return Known.FirstOrDefault(splitting => splitting.Name == own);
    }

    /// <summary>The splitting that a tokenizer.json describes; null where no name stands for it.</summary>
    /// <param name="file">The root of the file, which a tokenizer was loaded from.</param>
    public static GgufSplitting? Of(JsonElement file)
    {
        var steps = StepsOf(file, "pre_tokenizer", "pretokenizers");
        if (steps.Count is 0 or > 2 || steps[^1] is var last && (Type(last) != "ByteLevel" || Flag(last, "add_prefix_space", absent: true)))
        {
            return null;
        }

        JsonElement? before = steps.Count == 2 ? steps[0] : null;
        var normalizers = StepsOf(file, "normalizer", "normalizers").Select(Type).ToList();
        var whole = Flag(file.GetProperty("model"), "ignore_merges", absent: false);
        return Known.FirstOrDefault(known => known.WholePieces == whole
            && normalizers.SequenceEqual(known.Composes ? ["NFC"] : [])
            && Flag(last, "use_regex", absent: true) == known.Pattern is null
            && known.BeginsWith(before));
    }

    /// <summary>The <c>pre_tokenizer</c> of tokenizer.json.</summary>
    public JsonNode ToPreTokenizer()
    {
        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = Pattern is null };
        JsonObject? first = Pattern is not null
            ? new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = Pattern }, ["behavior"] = "Isolated", ["invert"] = false }
            : Digits ? new JsonObject { ["type"] = "Digits", ["individual_digits"] = true }
            : null;
        return first is null ? bytes : new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(first, bytes) };
    }

    /// <summary>The steps of a field of tokenizer.json, sequences opened.</summary>
    public static List<JsonElement> StepsOf(JsonElement file, string field, string inside)
        => file.TryGetProperty(field, out var step) && step.ValueKind == JsonValueKind.Object ? [.. Open(step, inside)] : [];

    /// <summary>The type of a step.</summary>
    public static string Type(JsonElement step) => step.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";

    private bool BeginsWith(JsonElement? step)
        => Pattern is not null ? step is { } split && IsSplit(split, Pattern) : Digits ? step is { } digits && IsEachDigit(digits) : step is null;

    private static IEnumerable<JsonElement> Open(JsonElement step, string inside)
        => Type(step) == "Sequence" && step.TryGetProperty(inside, out var steps) ? steps.EnumerateArray().SelectMany(inner => Open(inner, inside)) : [step];

    private static bool Flag(JsonElement element, string name, bool absent)
        => element.TryGetProperty(name, out var flag) ? flag.ValueKind == JsonValueKind.True : absent;

    private static bool IsSplit(JsonElement step, string pattern)
        => Type(step) == "Split" && step.GetProperty("behavior").GetString() == "Isolated" && !Flag(step, "invert", absent: false)
            && step.GetProperty("pattern").TryGetProperty("Regex", out var regex) && regex.GetString() == pattern;

    private static bool IsEachDigit(JsonElement step) => Type(step) == "Digits" && Flag(step, "individual_digits", absent: false);
}
