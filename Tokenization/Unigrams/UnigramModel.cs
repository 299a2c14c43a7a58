using System.Collections;
using System.Text;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Unigrams;

/// <summary>
/// SentencePiece's unigram model: of all ways to cut a piece into tokens, the one whose scores (logarithms of probabilities) have the highest sum
/// (Kudo 2018, "Subword Regularization", section 3.1; ties as in Hugging Face's <c>Unigram</c>). Thread-safe.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    /// <summary>How much worse than the worst token a character is that no token covers.</summary>
    private const double UnknownPenalty = 10;

    private readonly PieceCache _cache = new();
    private readonly JsonField _field;
    private readonly TokenTrie _trie;
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly ByteTokens? _bytes;

    private UnigramModel(JsonField model, Vocabulary vocabulary, double[] scores, BitArray special)
    {
        model.AllowOnly("type", "unk_id", "vocab", "byte_fallback");
        if (scores.Length == 0)
        {
            throw model["vocab"].Refuse("must not be empty");
        }

        _field = model["vocab"];
        _scores = scores;
        _unknown = model["unk_id"].IsNull ? throw model["unk_id"].Refuse("is needed for characters that no token covers") : model["unk_id"].Number(scores.Length - 1);
        _unknownScore = scores.Min() - UnknownPenalty;
        _bytes = model["byte_fallback"].Bool(absent: false) ? new ByteTokens(vocabulary) : null;
        _trie = new TokenTrie(Enumerable.Range(0, scores.Length).Where(id => !special[id]).Select(id => (vocabulary.TokenOf(id)!, id)));
    }

    public static UnigramModel Read(JsonField model, Vocabulary vocabulary, double[] scores, BitArray special) => new(model, vocabulary, scores, special);

    public PieceEncoder NewEncoder(EncodingDeadline deadline) => new Encoder(this, deadline);

    /// <summary>The best way to each place of a piece: the sum of its scores, and the last token's start and id.</summary>
    private sealed class Encoder(UnigramModel model, EncodingDeadline deadline) : PieceEncoder(model._cache)
    {
        private const int NotReached = -1;

        /// <summary>A look at the clock costs as much as some steps through the tree.</summary>
        private const int PlacesBetweenChecks = 1_024;

        private double[] _best = [];
        private int[] _starts = [];
        private int[] _ids = [];

        protected override void EncodeNew(ReadOnlySpan<char> piece, List<int> ids)
        {
            Clear(piece.Length + 1);
            for (var start = 0; start < piece.Length;)
            {
                if (start % PlacesBetweenChecks == 0)
                {
                    deadline.Check(model._field);
                }

                var character = char.IsHighSurrogate(piece[start]) ? 2 : 1;
                if (!ReachByTokens(piece, start, character))
                {
                    Reach(start, start + character, model._unknownScore, model._unknown);
                }

                start += character;
            }

            AddPath(piece, ids);
        }

        private void Clear(int places)
        {
            if (_starts.Length < places)
            {
                _best = new double[places];
                _starts = new int[places];
                _ids = new int[places];
            }

            _best[0] = 0;
            Array.Fill(_starts, NotReached, 0, places);
        }

        /// <returns>Whether a token is just the character at the start.</returns>
        private bool ReachByTokens(ReadOnlySpan<char> piece, int start, int character)
        {
            var covered = false;
            var node = model._trie.Start(piece[start]);
            for (var end = start + 1; node != TokenTrie.None; end++)
            {
                var id = model._trie.IdAt(node);
                if (id != TokenTrie.None)
                {
                    Reach(start, end, model._scores[id], id);
                    covered |= end == start + character;
                }

                node = end < piece.Length ? model._trie.Next(node, piece[end]) : TokenTrie.None;
            }

            return covered;
        }

        private void Reach(int start, int end, double score, int id)
        {
            var sum = _best[start] + score;
            if (_starts[end] == NotReached || sum > _best[end])
            {
                (_best[end], _starts[end], _ids[end]) = (sum, start, id);
            }
        }

        /// <summary>Follows the best way back from the end and adds its ids; neighbours that are unknown are one.</summary>
        private void AddPath(ReadOnlySpan<char> piece, List<int> ids)
        {
            var first = ids.Count;
            for (var end = piece.Length; end > 0;)
            {
                var start = _starts[end];
                if (_ids[end] != model._unknown)
                {
                    ids.Add(_ids[end]);
                }
                else
                {
                    while (start > 0 && _ids[start] == model._unknown)
                    {
                        start = _starts[start];
                    }

                    AddUnknown(piece[start..end], ids);
                }

                end = start;
            }

            ids.Reverse(first, ids.Count - first);
        }

        private void AddUnknown(ReadOnlySpan<char> text, List<int> ids)
        {
            var first = ids.Count;
            var bytes = model._bytes is null ? [] : Encoding.UTF8.GetBytes(text.ToString());
            if (model._bytes is null || !model._bytes.TryAdd(bytes, ids))
            {
                ids.Add(model._unknown);
            }

            // The path is being written from its end.
            ids.Reverse(first, ids.Count - first);
        }
    }
}
