using System.Runtime.CompilerServices;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>One rendering: its variables, its output and how much work it may still do. Templates come from strangers, so all of it is bounded.</summary>
internal sealed class TemplateRun
{
    /// <summary>Copying this much text counts as one step of work.</summary>
    public const int CharactersPerStep = 32;

    /// <summary>The longest text a template may make, in characters.</summary>
    private const int LongestText = 16 * 1024 * 1024;

    private const int CharactersComparedAtOnce = 8;
    private const long StepsForAnyChat = 2_000_000;
    private const long MostSteps = 16_000_000;
    private const int DeepestNesting = 512;

    private MarkedTextBuilder _output;
    private long _stepsLeft;
    private int _depth;

    /// <param name="time">The clock of the template.</param>
    /// <param name="variables">What it is rendered with.</param>
    /// <param name="characters">Length of all that it is rendered with. Work grows with it: some templates go through a message letter by letter.</param>
    public TemplateRun(TimeProvider time, TemplateScope variables, long characters)
    {
        Time = time;
        Scope = variables;
        _stepsLeft = Math.Min(StepsForAnyChat + characters * CharactersPerStep, MostSteps);
        _output = new MarkedTextBuilder(this);
    }

    public TimeProvider Time { get; }

    public TemplateScope Scope { get; set; }

    /// <summary>The template's line that is at work, for messages.</summary>
    public int Line { get; set; }

    public TemplateFailure Fail(string what) => new($"The chat template {what}, in line {Line}.");

    /// <summary>Counts a step of work, and one more for each 32 characters that it touches.</summary>
    public void Spend(long characters = 0)
    {
        _stepsLeft -= 1 + characters / CharactersPerStep;
        if (_stepsLeft < 0)
        {
            throw new TemplateFailure("The chat template does too much work for this chat.");
        }
    }

    /// <summary>Counts the work on a list's elements.</summary>
    public void SpendElements(long count) => Spend(count * CharactersPerStep);

    /// <summary>Counts a search. In the worst text every place starts like a long part does.</summary>
    public void SpendSearch(MarkedText text, MarkedText part) => Spend((long)text.Length * (1 + part.Length / CharactersComparedAtOnce));

    /// <summary>Goes one step deeper into nested expressions, macros or values; <see cref="Ascend"/> comes back. A failure ends the whole run, so needs no way back.</summary>
    public void Descend()
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateFailure($"The chat template nests its work deeper than {DeepestNesting}.");
        }
    }

    public void Ascend() => _depth--;

    public void CheckLength(long length)
    {
        if (length > LongestText)
        {
            throw new TemplateFailure($"The chat template makes a text of more than {LongestText} characters.");
        }
    }

    public MarkedText Join(MarkedText left, MarkedText right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length == 0 ? right : left;
        }

        var text = new MarkedTextBuilder(this);
        text.Append(left);
        text.Append(right);
        return text.ToText();
    }

    public void Write(MarkedText text) => _output.Append(text);

    /// <summary>What a body writes, instead of writing it.</summary>
    public MarkedText Capture(Action body)
    {
        var outer = _output;
        _output = new MarkedTextBuilder(this);
        body();
        var text = _output.ToText();
        _output = outer;
        return text;
    }

    public ChatPrompt ToPrompt() => new(_output.ToString(), _output.FromMessages);
}
