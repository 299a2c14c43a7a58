using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Vocabulary;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>Writes dialogues in ChatML: <c>&lt;|im_start|&gt;role, line feed, text, &lt;|im_end|&gt;, line feed</c>. Thread-safe.</summary>
public sealed class ChatFormat(Tokenizer tokenizer)
{
    private readonly int _start = IdOf(tokenizer, TokenizerFiles.Start);
    private readonly int _end = IdOf(tokenizer, TokenizerFiles.End);

    /// <summary>The mark that ends an answer.</summary>
    public int End => _end;

    /// <summary>Fills the rest of a row.</summary>
    public int Padding { get; } = IdOf(tokenizer, TokenizerFiles.Padding);

    /// <summary>Number of tokens in the vocabulary.</summary>
    public int Vocabulary => tokenizer.VocabularySize;

    /// <summary>The dialogue as a row.</summary>
    /// <param name="dialogue">The dialogue.</param>
    /// <param name="lastAnswerOnly">Whether only the last answer counts, as in a test of a follow-up.</param>
    public Row Encode(Dialogue dialogue, bool lastAnswerOnly = false)
    {
        var (ids, wanted) = (new List<int>(), new List<int>());
        AddSystem(SystemText(dialogue), ids);
        foreach (var turn in dialogue.Turns)
        {
            AddQuestion(turn, ids);
            ids.Add(_start);
            ids.AddRange(tokenizer.Encode("assistant\n", addSpecialTokens: false));
            var first = ids.Count;
            ids.AddRange(tokenizer.Encode(turn.Answer, addSpecialTokens: false));
            ids.Add(_end);
            wanted.AddRange(lastAnswerOnly && turn != dialogue.Turns[^1] ? [] : Enumerable.Range(first - 1, ids.Count - first));
            ids.AddRange(tokenizer.Encode("\n", addSpecialTokens: false));
        }

        return new Row([.. ids], [.. wanted]);
    }

    /// <summary>The prompt of a dialogue, up to the place where its last answer starts.</summary>
    public int[] EncodePrompt(Dialogue dialogue)
    {
        var ids = new List<int>();
        AddSystem(SystemText(dialogue), ids);
        foreach (var turn in dialogue.Turns)
        {
            AddQuestion(turn, ids);
            ids.Add(_start);
            ids.AddRange(tokenizer.Encode("assistant\n", addSpecialTokens: false));
            if (turn != dialogue.Turns[^1])
            {
                ids.AddRange(tokenizer.Encode(turn.Answer, addSpecialTokens: false));
                ids.Add(_end);
                ids.AddRange(tokenizer.Encode("\n", addSpecialTokens: false));
            }
        }

        return [.. ids];
    }

    /// <summary>A prompt up to the place where the answer starts.</summary>
    public int[] EncodePrompt(string? system, string user) => EncodePrompt(new Dialogue(system, [new Turn("", user, "")]));

    /// <summary>The text of these tokens.</summary>
    public string Decode(ReadOnlySpan<int> ids) => tokenizer.Decode(ids);

    /// <summary>The system message, with the functions below it, as the chat template writes them.</summary>
    private static string? SystemText(Dialogue dialogue) => dialogue.Tools.Count == 0 ? dialogue.System
        : $"{(dialogue.System is null ? "" : dialogue.System + "\n")}Tools:\n{string.Join('\n', dialogue.Tools)}";

    private static int IdOf(Tokenizer tokenizer, string token) =>
        tokenizer.IdOf(token) ?? throw new ArgumentException($"The tokenizer lacks {token}.", nameof(tokenizer));

    private void AddQuestion(Turn turn, List<int> ids)
    {
        foreach (var result in turn.Results)
        {
            AddMessage("tool\n" + result, ids);
        }

        if (turn.Results.Count == 0)
        {
            AddMessage("user\n" + turn.User, ids);
        }
    }

    private void AddSystem(string? system, List<int> ids)
    {
        if (system is not null)
        {
            AddMessage("system\n" + system, ids);
        }
    }

    private void AddMessage(string text, List<int> ids)
    {
        ids.Add(_start);
        ids.AddRange(tokenizer.Encode(text, addSpecialTokens: false));
        ids.Add(_end);
        ids.AddRange(tokenizer.Encode("\n", addSpecialTokens: false));
    }
}
