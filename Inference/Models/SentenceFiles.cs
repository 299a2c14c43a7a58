using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// The files by which sentence-transformers says how vectors are made of a model's states (www.sbert.net; <c>modules.json</c>, and the configurations of its modules
/// Transformer and Pooling). Vectors always get length 1, whether there is a module Normalize or not.
/// </summary>
internal static class SentenceFiles
{
    /// <summary>Which modules there are.</summary>
    public const string Modules = "modules.json";

    /// <summary>How states become one vector.</summary>
    public const string Pooling = "1_Pooling/config.json";

    /// <summary>How long a text may be.</summary>
    public const string Lengths = "sentence_bert_config.json";

    private const string CaseField = "do_lower_case";

    private static readonly string[] KnownModules = [".Transformer", ".Pooling", ".Normalize"];

    private static readonly (string Field, Pooling? Pooling)[] Modes =
    [
        ("pooling_mode_mean_tokens", Models.Pooling.Mean),
        ("pooling_mode_cls_token", Models.Pooling.Cls),
        ("pooling_mode_lasttoken", Models.Pooling.Last),
        ("pooling_mode_max_tokens", null),
        ("pooling_mode_mean_sqrt_len_tokens", null),
        ("pooling_mode_weightedmean_tokens", null),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Modules, Pooling, Lengths];

    /// <summary>How vectors are made; null where no file says it.</summary>
    /// <param name="text">Content of a file; empty where there is none.</param>
    /// <param name="shape">The model's shape.</param>
    /// <exception cref="ModelFormatException">A file asks for what is not computed.</exception>
    public static Pooling? ReadPooling(Func<string, ReadOnlyMemory<byte>> text, TransformerConfig shape)
    {
        CheckModules(text(Modules));
        if (text(Pooling) is not { IsEmpty: false } json)
        {
            return null;
        }

        using var fields = new ConfigFields(json, Pooling);
        if (fields.Integer("word_embedding_dimension", 1, 65_536, shape.HiddenSize) != shape.HiddenSize)
        {
            throw fields.Bad("word_embedding_dimension", $"is not {shape.HiddenSize}, the width that {TransformerConfig.FileName} says");
        }

        var chosen = Modes.Where(mode => fields.Flag(mode.Field, false)).ToList();
        if (chosen.Count != 1)
        {
            throw fields.Bad("pooling_mode", $"one of {string.Join(", ", Modes.Where(mode => mode.Pooling is not null).Select(mode => mode.Field))} must be true, and no other");
        }

        var (field, pooling) = chosen[0];
        return pooling is null ? throw fields.Bad(field, "is not supported")
            : pooling == Models.Pooling.Cls && shape is DecoderConfig ? throw fields.Bad(field, "a decoder's first token sees no other")
            : pooling;
    }

    /// <summary>Most tokens of a text; null where no file says it.</summary>
    /// <exception cref="ModelFormatException">The file asks for what is not done.</exception>
    public static int? ReadLength(Func<string, ReadOnlyMemory<byte>> text)
    {
        if (text(Lengths) is not { IsEmpty: false } json)
        {
            return null;
        }

        using var fields = new ConfigFields(json, Lengths);
        fields.RefuseUnless(CaseField, false);
        return fields.Has("max_seq_length") ? fields.Integer("max_seq_length", 1, 16_777_216) : null;
    }

    private static void CheckModules(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return;
        }

        using var list = new ConfigList(json, Modules);
        foreach (var module in list.Items)
        {
            if (module.Text("type") is var type && (type is null || !KnownModules.Any(known => type.EndsWith(known, StringComparison.Ordinal))))
            {
                throw module.Bad("type", $"only modules {string.Join(", ", KnownModules.Select(known => known[1..]))} are computed");
            }
        }
    }
}
