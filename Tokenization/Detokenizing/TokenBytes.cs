using System.Collections;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>What every id adds to the text, in bytes of UTF-8: the <c>decoder</c> of a tokenizer file, worked out once at load. Special tokens add nothing.</summary>
internal sealed class TokenBytes
{
    /// <summary>Most bytes of all tokens together. The largest known vocabulary (Gemma 3) has 2 MB.</summary>
    private const int MostBytes = 64 * 1024 * 1024;

    private readonly JsonField _field;
    private readonly DecoderSteps _steps;
    private readonly Vocabulary _vocabulary;
    private readonly BitArray _special;
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    /// <summary>How many of a token's last bytes it adds only if another token follows; null where none does.</summary>
    private readonly int[]? _tails;

    private TokenBytes(JsonField field, Vocabulary vocabulary, BitArray special)
    {
        _field = field;
        _steps = DecoderSteps.Read(field);
        _vocabulary = vocabulary;
        _special = special;
        _ends = new int[vocabulary.Size];
        _tails = _steps.DependOnPlace ? new int[vocabulary.Size] : null;
        var bytes = new MemoryStream();
        for (var id = 0; id < vocabulary.Size; id++)
        {
            if (IsText(id))
            {
                var piece = Work(id, first: false);
                bytes.Write(piece.Bytes);
                bytes.Write(piece.Tail);
                if (_tails is not null)
                {
                    _tails[id] = piece.Tail.Length;
                    _ = Work(id, first: true);
                }
            }

            if (bytes.Length > MostBytes)
            {
                throw field.Refuse($"makes more than {MostBytes} bytes of the vocabulary");
            }

            _ends[id] = (int)bytes.Length;
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>What is stripped from the whole text.</summary>
    public StripDecoder Strip => _steps.Strip;

    public static TokenBytes Read(JsonField decoder, Vocabulary vocabulary, BitArray special) => new(decoder, vocabulary, special);

    public bool IsSpecial(int id) => id >= 0 && id < _ends.Length && _special[id];

    /// <summary>Whether some token adds bytes only if another one follows.</summary>
    public bool DependOnNext => _tails is not null && _tails.Any(tail => tail > 0);

    /// <summary>Whether an id is part of the text: neither a special token nor an id that no token has. All others are as if they weren't there.</summary>
    public bool IsText(int id) => id >= 0 && id < _ends.Length && !_special[id] && _vocabulary.TokenOf(id) is not null;

    /// <summary>The bytes of an id that <see cref="IsText"/>.</summary>
    /// <param name="id">The id.</param>
    /// <param name="first">Whether no text stands before it.</param>
    public TokenPiece Of(int id, bool first)
    {
        if (first && _tails is not null)
        {
            return Work(id, first: true);
        }

        var bytes = Inside(id);
        var tail = _tails is null ? 0 : _tails[id];
        return new TokenPiece(bytes[..^tail], bytes[^tail..]);
    }

    /// <summary>The bytes of an id that <see cref="IsText"/>, with other tokens before and after it.</summary>
    public ReadOnlySpan<byte> Inside(int id) => _bytes.AsSpan((id == 0 ? 0 : _ends[id - 1]).._ends[id]);

    private TokenPiece Work(int id, bool first)
    {
        var token = _vocabulary.TokenOf(id)!;
        ReadOnlySpan<byte> followed = _steps.BytesOf(token, new TokenPlace(first, Last: false));
        var alone = _tails is null ? followed.Length : LengthIfLast(token, first, followed);
        return new TokenPiece(followed[..alone], followed[alone..]);
    }

    private int LengthIfLast(string token, bool first, ReadOnlySpan<byte> followed)
    {
        var last = _steps.BytesOf(token, new TokenPlace(first, Last: true));
        return followed.StartsWith(last)
            ? last.Length
            : throw _field.Refuse($"changes the start of {JsonField.Quote(token)} where it is the last token, so a stream could not release it");
    }
}

/// <summary>What a token adds to the text: <paramref name="bytes"/>, and <paramref name="tail"/> if another token follows.</summary>
internal readonly ref struct TokenPiece(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> tail)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public ReadOnlySpan<byte> Tail { get; } = tail;
}
