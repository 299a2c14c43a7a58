using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>One step of a pre-tokenizer: cuts pieces at its delimiters.</summary>
internal sealed class SplitStep(IDelimiter delimiter, SplitBehavior behavior, bool invert = false) : IPieceStep
{
    /// <summary>Reads a step of type <c>Split</c>.</summary>
    public static SplitStep Read(JsonField step)
    {
        step.AllowOnly("type", "pattern", "behavior", "invert");
        return new SplitStep(PiecePattern.Read(step["pattern"]), ReadBehavior(step["behavior"]), step["invert"].Bool(absent: false));
    }

    public static SplitBehavior ReadBehavior(JsonField field)
    {
        var name = field.String();
        return Enum.TryParse<SplitBehavior>(name, out var behavior) && behavior.ToString() == name
            ? behavior
            : throw field.Refuse($"{JsonField.Quote(name)} is not supported");
    }

    public void Apply(PieceText text, EncodingDeadline deadline)
    {
        var matches = new List<PieceSpan>();
        text.Cut((piece, pieces) =>
        {
            matches.Clear();
            delimiter.Find(text, piece, deadline, matches);
            Split(piece, matches, pieces);
        });
    }

    private void Split(PieceSpan piece, List<PieceSpan> matches, List<PieceSpan> pieces)
    {
        var output = new Cuts(pieces, behavior);
        var end = piece.Start;
        foreach (var match in matches)
        {
            output.Add(new PieceSpan(end, match.Start), invert);
            output.Add(match, !invert);
            end = match.End;
        }

        output.Add(new PieceSpan(end, piece.End), invert);
    }

    /// <summary>Puts the parts of one piece together, following <c>NormalizedString::split</c> of Hugging Face's tokenizers.</summary>
    private struct Cuts(List<PieceSpan> pieces, SplitBehavior behavior)
    {
        private readonly int _first = pieces.Count;
        private bool _lastWasDelimiter;

        public void Add(PieceSpan part, bool isDelimiter)
        {
            if (part.Length == 0)
            {
                return;
            }

            var joins = pieces.Count > _first && behavior switch
            {
                SplitBehavior.MergedWithPrevious => isDelimiter && !_lastWasDelimiter,
                SplitBehavior.MergedWithNext => !isDelimiter && _lastWasDelimiter,
                SplitBehavior.Contiguous => isDelimiter == _lastWasDelimiter,
                _ => false,
            };
            _lastWasDelimiter = isDelimiter;
            if (joins)
            {
                pieces[^1] = new PieceSpan(pieces[^1].Start, part.End);
            }
            else if (!(isDelimiter && behavior == SplitBehavior.Removed))
            {
                pieces.Add(part);
            }
        }
    }
}
