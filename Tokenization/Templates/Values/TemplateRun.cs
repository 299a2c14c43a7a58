using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>One rendering: its variables, its output and how much work it may still do. Templates come from strangers, so all of it is bounded.</summary>
internal sealed class TemplateRun(IReadOnlyDictionary<string, object?> globals)
{
    /// <summary>The longest text a template may make, in characters.</summary>
    private const int LongestText = 16 * 1024 * 1024;

    private const int CharactersPerStep = 32;

    private readonly List<Dictionary<string, object?>> _scopes = [new(globals)];
    private readonly StringBuilder _output = new();
    private readonly List<TextRange> _fromMessages = [];
    private long _stepsLeft = 1_000_000;

    public object? this[string name]
    {
        get
        {
            for (var i = _scopes.Count - 1; i >= 0; i--)
            {
                if (_scopes[i].TryGetValue(name, out var value))
                {
                    return value;
                }
            }

            return TemplateUndefined.Value;
        }
    }

    /// <summary>Sets a variable where the template stands: in a loop, for this round only.</summary>
    public void Set(string name, object? value) => _scopes[^1][name] = value;

    public void Enter() => _scopes.Add([]);

    public void Leave() => _scopes.RemoveAt(_scopes.Count - 1);

    /// <summary>Counts a step of work, and one more for each 32 characters that it touches.</summary>
    public void Spend(long characters = 0)
    {
        _stepsLeft -= 1 + characters / CharactersPerStep;
        if (_stepsLeft < 0)
        {
            throw new TemplateFailure("The chat template does too much work for this chat.");
        }
    }

    public MarkedText Join(MarkedText left, MarkedText right)
    {
        CheckLength((long)left.Text.Length + right.Text.Length);
        Spend(left.Text.Length + right.Text.Length);
        Spend((left.FromMessages.Count + right.FromMessages.Count) * CharactersPerStep);
        return left + right;
    }

    public void Write(MarkedText text)
    {
        CheckLength((long)_output.Length + text.Text.Length);
        Spend(text.Text.Length);
        foreach (var range in text.FromMessages)
        {
            MarkedText.AddShifted(_fromMessages, range, _output.Length);
        }

        _output.Append(text.Text);
    }

    public ChatPrompt ToPrompt() => new(_output.ToString(), _fromMessages);

    private static void CheckLength(long length)
    {
        if (length > LongestText)
        {
            throw new TemplateFailure($"The chat template makes a text of more than {LongestText} characters.");
        }
    }
}
