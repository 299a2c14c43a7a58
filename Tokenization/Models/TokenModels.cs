using System.Collections;
using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Unigrams;
using CocoonOrleans.Tokenization.WordPieces;

namespace CocoonOrleans.Tokenization.Models;

/// <summary>Reads the <c>model</c> of a tokenizer file: first its vocabulary, then, once the added tokens are known, the rest.</summary>
internal sealed class TokenModels
{
    private readonly JsonField _model;
    private readonly string _type;
    private readonly double[] _scores = [];

    public TokenModels(JsonField model)
    {
        _model = model;
        _type = model["type"].String(absent: "BPE");
        switch (_type)
        {
            case "BPE" or "WordPiece":
                Vocabulary = Vocabulary.Read(model["vocab"]);
                break;
            case "Unigram":
                (Vocabulary, _scores) = Vocabulary.ReadScored(model["vocab"]);
                break;
            default:
                throw model["type"].Refuse($"the model {JsonField.Quote(_type)} is not supported, only \"BPE\", \"WordPiece\" and \"Unigram\"");
        }
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Whether the model itself can see the bytes of a piece, so that nobody has to write them out as characters.</summary>
    public bool ReadsBytes => _type == "BPE";

    /// <summary>Reads the model.</summary>
    /// <param name="special">Which ids are special: no text becomes one of them here.</param>
    /// <param name="byteLevel">Whether pieces are encoded by their bytes; only where the model <see cref="ReadsBytes"/>.</param>
    public ITokenModel Read(BitArray special, bool byteLevel) => _type switch
    {
        "BPE" => BytePairModel.Read(_model, Vocabulary, special, byteLevel),
        "WordPiece" => WordPieceModel.Read(_model, Vocabulary, special),
        _ => UnigramModel.Read(_model, Vocabulary, _scores, special),
    };
}
