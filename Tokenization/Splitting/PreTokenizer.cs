using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Cuts a normalised text into the pieces that the model encodes one by one: the <c>pre_tokenizer</c> of the file. Thread-safe.</summary>
internal sealed class PreTokenizer
{
    /// <summary>GPT-2's pattern (OpenAI's gpt-2 <c>encoder.py</c>), the one that <c>ByteLevel</c> with <c>use_regex</c> stands for.</summary>
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const int MostSteps = 16;

    private readonly List<SplitStep> _steps = [];

    private PreTokenizer(JsonField field)
    {
        if (!field.IsNull)
        {
            Add(field, alone: true);
        }
    }

    /// <summary>Whether the model sees the bytes of a piece, written in <see cref="BytePairs.ByteAlphabet"/>, instead of its characters.</summary>
    public bool ByteLevel { get; private set; }

    /// <summary>Whether a text that doesn't start with a space gets one.</summary>
    public bool AddsPrefixSpace { get; private set; }

    public static PreTokenizer Read(JsonField field) => new(field);

    public void Split(CategoryText text, SplittingDeadline deadline, List<PieceSpan> pieces)
    {
        pieces.Add(new PieceSpan(0, text.Text.Length));
        var matches = new List<PieceSpan>();
        foreach (var step in _steps)
        {
            var before = pieces.ToArray();
            pieces.Clear();
            foreach (var piece in before)
            {
                step.Split(text.Text, piece, deadline, matches, pieces);
            }
        }

        for (var i = 0; i < pieces.Count; i++)
        {
            pieces[i] = text.InOriginal(pieces[i]);
        }
    }

    private void Add(JsonField step, bool alone)
    {
        if (_steps.Count == MostSteps)
        {
            throw step.Refuse($"has more than {MostSteps} steps");
        }

        if (ByteLevel)
        {
            throw step.Refuse("must not come after ByteLevel, which has to be the last step");
        }

        var type = step["type"].String();
        switch (type)
        {
            case "Sequence":
                step.AllowOnly("type", "pretokenizers");
                var inner = step["pretokenizers"].Items(16).ToArray();
                foreach (var item in inner)
                {
                    Add(item, alone && inner.Length == 1);
                }

                break;
            case "Split":
                _steps.Add(SplitStep.Read(step));
                break;
            case "Digits":
                step.AllowOnly("type", "individual_digits");
                var each = step["individual_digits"].Bool(absent: false);
                _steps.Add(new SplitStep(PiecePattern.FromRegex(@"\p{N}", step), each ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false));
                break;
            case "ByteLevel":
                AddByteLevel(step, alone);
                break;
            default:
                throw step["type"].Refuse($"the pre-tokenizer {JsonField.Quote(type)} is not supported");
        }
    }

    private void AddByteLevel(JsonField step, bool alone)
    {
        step.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
        AddsPrefixSpace = step["add_prefix_space"].Bool(absent: true);
        if (AddsPrefixSpace && !alone)
        {
            throw step["add_prefix_space"].Refuse("is not supported after another step");
        }

        if (step["use_regex"].Bool(absent: true))
        {
            _steps.Add(new SplitStep(PiecePattern.FromRegex(Gpt2Pattern, step), SplitBehavior.Isolated, invert: false));
        }

        ByteLevel = true;
    }
}
