using CocoonOrleans.Tokenization.Characters;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Cuts a normalised text into the pieces that the model encodes one by one: the <c>pre_tokenizer</c> of the file. Thread-safe.</summary>
internal sealed class PreTokenizer
{
    /// <summary>GPT-2's pattern (OpenAI's gpt-2 <c>encoder.py</c>), the one that <c>ByteLevel</c> with <c>use_regex</c> stands for.</summary>
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const int MostSteps = 16;

    /// <summary>How long all steps together may make a text: a mark before every character, and three bytes for each.</summary>
    private const int LongestPerCharacter = 8;
    private const int LongestAtAll = 1_024;

    private readonly JsonField _field;
    private readonly List<IPieceStep> _steps = [];

    private PreTokenizer(JsonField field, bool modelReadsBytes)
    {
        _field = field;
        if (!field.IsNull)
        {
            Add(field);
        }

        ByteLevel = modelReadsBytes && _steps is [.., ByteLevelStep];
        if (ByteLevel)
        {
            _steps.RemoveAt(_steps.Count - 1);
        }
    }

    /// <summary>Whether the model has to see the bytes of a piece instead of its characters: the last step, left to the model, which is quicker.</summary>
    public bool ByteLevel { get; }

    /// <summary>Reads the field.</summary>
    /// <param name="field">The field; null for a text that is one piece.</param>
    /// <param name="modelReadsBytes">Whether the model can do the step to bytes itself.</param>
    public static PreTokenizer Read(JsonField field, bool modelReadsBytes) => new(field, modelReadsBytes);

    /// <summary>Does all steps.</summary>
    /// <exception cref="TokenizerFormatException">The steps of the file take too long on this text, or make it too long.</exception>
    public void Split(PieceText text, EncodingDeadline deadline)
    {
        var longest = (long)text.Text.Length * LongestPerCharacter + LongestAtAll;
        foreach (var step in _steps)
        {
            step.Apply(text, deadline);
            deadline.Check(_field);
            if (text.Text.Length > longest)
            {
                throw _field.Refuse($"makes a text more than {LongestPerCharacter} times as long");
            }
        }
    }

    private void Add(JsonField step)
    {
        var type = step["type"].String();
        switch (type)
        {
            case "Sequence":
                step.AllowOnly("type", "pretokenizers");
                foreach (var item in step["pretokenizers"].Items(16))
                {
                    Add(item);
                }

                break;
            case "Split":
                Add(step, SplitStep.Read(step));
                break;
            case "BertPreTokenizer":
                step.AllowOnly("type");
                AddWhiteSpace(step);
                Add(step, new SplitStep(new CharacterDelimiter(CharacterClasses.IsPunctuation), SplitBehavior.Isolated));
                break;
            case "Whitespace":
                step.AllowOnly("type");
                AddWhiteSpace(step);
                Add(step, new SplitStep(new CharacterDelimiter(CharacterClasses.IsWord), SplitBehavior.Contiguous));
                break;
            case "WhitespaceSplit":
                step.AllowOnly("type");
                AddWhiteSpace(step);
                break;
            case "Punctuation":
                step.AllowOnly("type", "behavior");
                var behavior = step["behavior"].IsNull ? SplitBehavior.Isolated : SplitStep.ReadBehavior(step["behavior"]);
                Add(step, new SplitStep(new CharacterDelimiter(CharacterClasses.IsPunctuation), behavior));
                break;
            case "Digits":
                step.AllowOnly("type", "individual_digits");
                var each = step["individual_digits"].Bool(absent: false);
                Add(step, new SplitStep(new CharacterDelimiter(CharacterClasses.IsNumeric), each ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                break;
            case "CharDelimiterSplit":
                step.AllowOnly("type", "delimiter");
                Add(step, new SplitStep(new LiteralDelimiter(step["delimiter"].Character().ToString()), SplitBehavior.Removed));
                break;
            case "Metaspace":
                AddMetaspace(step);
                break;
            case "ByteLevel":
                AddByteLevel(step);
                break;
            default:
                throw step["type"].Refuse($"the pre-tokenizer {JsonField.Quote(type)} is not supported");
        }
    }

    private void Add(JsonField field, IPieceStep step)
    {
        if (_steps.Count == MostSteps)
        {
            throw field.Refuse($"has more than {MostSteps} steps");
        }

        _steps.Add(step);
    }

    private void AddWhiteSpace(JsonField field) => Add(field, new SplitStep(new CharacterDelimiter(CharacterClasses.IsWhiteSpace), SplitBehavior.Removed));

    private void AddMetaspace(JsonField step)
    {
        var mark = Metaspace.ReadMark(step);
        Add(step, new PrefixStep(mark, Metaspace.ReadScheme(step)));
        if (step["split"].Bool(absent: true))
        {
            Add(step, new SplitStep(new LiteralDelimiter(mark.ToString()), SplitBehavior.MergedWithNext));
        }
    }

    private void AddByteLevel(JsonField step)
    {
        step.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
        if (step["add_prefix_space"].Bool(absent: true))
        {
            Add(step, new PrefixStep(' ', PrefixScheme.Always));
        }

        if (step["use_regex"].Bool(absent: true))
        {
            Add(step, new SplitStep(PiecePattern.FromRegex(Gpt2Pattern, step), SplitBehavior.Isolated));
        }

        Add(step, new ByteLevelStep());
    }
}
