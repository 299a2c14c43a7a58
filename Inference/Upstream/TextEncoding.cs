using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// Encodes pieces from the middle of a text, so that the ids of all pieces decode to the whole. Tokenizers that begin each text with a blank of their own
/// (SentencePiece) get a line feed to begin with, whose ids are taken off again. Thread-safe.
/// </summary>
internal sealed class TextEncoding
{
    private const string Lead = "\n";

    private readonly Tokenizer _tokenizer;
    private readonly int[] _lead;

    private TextEncoding(Tokenizer tokenizer, int[] lead) => (_tokenizer, _lead) = (tokenizer, lead);

    /// <summary>How a tokenizer does it; null where it can't.</summary>
    public static TextEncoding? For(Tokenizer tokenizer)
        => ((TextEncoding[])[new(tokenizer, []), new(tokenizer, tokenizer.Encode(Lead, addSpecialTokens: false))]).FirstOrDefault(encoding => encoding.IsWhole("one", " two", "three", " \u00e9"));

    /// <summary>The ids of a piece.</summary>
    /// <exception cref="TokenizerFormatException">A splitting pattern of the model's file took too long on it.</exception>
    public int[] Encode(string piece)
    {
        if (_lead.Length > 0 && _tokenizer.Encode(Lead + piece, addSpecialTokens: false) is var ids && ids.AsSpan().StartsWith(_lead))
        {
            return ids[_lead.Length..];
        }

        return _tokenizer.Encode(piece, addSpecialTokens: false);
    }

    private bool IsWhole(params string[] pieces)
    {
        var first = _tokenizer.Encode(Lead, addSpecialTokens: false);
        return _tokenizer.Decode([.. first, .. pieces.SelectMany(Encode)]) == _tokenizer.Decode(first) + string.Concat(pieces);
    }
}
