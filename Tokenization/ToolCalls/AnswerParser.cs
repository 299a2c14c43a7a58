using System.Text;
using System.Text.RegularExpressions;

namespace CocoonOrleans.Tokenization.ToolCalls;

/// <summary>
/// Takes a model's text as it comes apart into text for the reader, reasoning, and calls of functions. Text that may become a call is held back, so no part of a call
/// is ever shown as text; what turns out not to be a whole call of a function that exists is text again, but for a forced call, which stays one where the answer was cut:
/// its arguments are then the beginning of JSON. Joined, nothing that the model said is lost but the
/// marks and the white space around them. For one answer and one thread.
/// </summary>
/// <param name="style">How the model writes calls; <see cref="ToolCallStyle.None"/> where it may not call.</param>
/// <param name="functions">The names of the functions that it may call.</param>
/// <param name="reasons">Whether the model's template knows <c>&lt;think&gt;</c>.</param>
/// <param name="startsInReasoning">Whether the prompt ends inside a <c>&lt;think&gt;</c>.</param>
/// <param name="forced">The call that the answer goes on with; null where none is forced.</param>
public sealed partial class AnswerParser(
    ToolCallStyle style, IReadOnlySet<string> functions, bool reasons = false, bool startsInReasoning = false, ForcedCall? forced = null)
{
    /// <summary>What ends a call in the style of <see cref="ToolCallStyle.Hermes"/>. A call that stands last needs none.</summary>
    public const string HermesEnd = "</tool_call>";

    private const string Think = "<think>";
    private const string EndThink = "</think>";
    private const string Call = "<tool_call>";
    private const string MistralCalls = "[TOOL_CALLS]";
    private const string LlamaTag = "<|python_tag|>";

    /// <summary>A call that grows beyond this is no call: it is text.</summary>
    private const int LongestCall = 1 << 20;

    /// <summary>How much of a Llama's answer tells whether it is a call.</summary>
    private const int Beginning = 128;

    private readonly StringBuilder _held = new();
    private readonly List<AnswerPart> _parts = [];
    private State _state = forced is not null ? State.ForcedCall : startsInReasoning ? State.Reasoning : State.Start;
    private bool _skipSpace = startsInReasoning;
    private bool _mayEnd;
    private int _calls;

    private enum State
    {
        /// <summary>Nothing but white space so far.</summary>
        Start,
        Content,
        Reasoning,

        /// <summary>Behind &lt;tool_call&gt;.</summary>
        HermesCall,

        /// <summary>All that follows is calls.</summary>
        CallsToTheEnd,

        /// <summary>All that follows is one call, or its arguments.</summary>
        ForcedCall,
    }

    /// <summary>Whether the text that comes now is reasoning.</summary>
    public bool IsReasoning => _state == State.Reasoning;

    /// <summary>How many calls there were.</summary>
    public int Calls => _calls;

    /// <summary>Takes the next piece of text.</summary>
    /// <returns>What is certain by now; valid until the next call.</returns>
    public IReadOnlyList<AnswerPart> Append(string text)
    {
        _parts.Clear();
        _held.Append(text);
        _mayEnd = text.Contains('>', StringComparison.Ordinal);
        while (Advance())
        {
        }

        return _parts;
    }

    /// <summary>Ends the answer.</summary>
    /// <returns>What was held back.</returns>
    public IReadOnlyList<AnswerPart> Complete()
    {
        _parts.Clear();
        var rest = _held.ToString();
        _held.Clear();
        switch (_state)
        {
            case State.Reasoning:
                Reason(rest.TrimEnd());
                break;
            case State.HermesCall when CallReader.Read(rest, functions) is { } calls:
                // The end of the answer stands for the mark.
                Add(calls);
                break;
            case State.HermesCall:
                Say(Call + rest);
                break;
            case State.ForcedCall when ReadForced(rest) is { } calls:
                Add(calls);
                break;
            case State.CallsToTheEnd when ReadToTheEnd(rest) is { } calls:
                Add(calls);
                break;
            case var _ when _calls > 0:
                Say(rest.TrimEnd());
                break;
            default:
                Say(rest);
                break;
        }

        return _parts;
    }

    [GeneratedRegex("""\A(\{\s*("((t(y(p(e("(\s*(:.*)?)?)?)?)?)?)|(n(a(m(e("(\s*(:.*)?)?)?)?)?)?))?)?)?\z""", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex BeginsLikeLlamaCall();

    [GeneratedRegex("""\G(?>\s*)(?:\[TOOL_CALLS\])?(?>\s*)([A-Za-z0-9_-]{1,64})(?>\s*)(?:\[CALL_ID\][A-Za-z0-9]*)?(?:\[ARGS\])?\s*(?=\{)""", RegexOptions.CultureInvariant)]
    private static partial Regex MistralName();

    private bool Advance() => _state switch
    {
        State.Start => AdvanceStart(),
        State.Content => AdvanceContent(),
        State.Reasoning => AdvanceReasoning(),
        State.HermesCall => AdvanceHermesCall(),
        State.ForcedCall => false,
        _ => AdvanceToTheEnd(),
    };

    private bool AdvanceStart()
    {
        var text = _held.ToString();
        var begun = text.TrimStart();
        if (begun.Length == 0)
        {
            return false;
        }

        if (reasons && begun.StartsWith(Think, StringComparison.Ordinal))
        {
            Keep(begun[Think.Length..], State.Reasoning);
            _skipSpace = true;
            return true;
        }

        if (style == ToolCallStyle.Llama && begun.StartsWith(LlamaTag, StringComparison.Ordinal))
        {
            Keep(begun[LlamaTag.Length..], State.CallsToTheEnd);
            return true;
        }

        var mark = style == ToolCallStyle.Llama ? LlamaTag : style == ToolCallStyle.Mistral ? MistralCalls : "";
        if ((reasons && Think.StartsWith(begun, StringComparison.Ordinal)) || (begun.Length < mark.Length && mark.StartsWith(begun, StringComparison.Ordinal)))
        {
            return false;
        }

        if (style == ToolCallStyle.Llama && begun[0] == '{')
        {
            _state = State.CallsToTheEnd;
            return true;
        }

        // The mark is a special token of some vocabularies, which decodes to nothing: then the array stands alone.
        if (style == ToolCallStyle.Mistral && begun[0] == '[' && !begun.StartsWith(MistralCalls, StringComparison.Ordinal))
        {
            _state = State.CallsToTheEnd;
            return true;
        }

        _state = State.Content;
        return true;
    }

    private bool AdvanceContent()
    {
        var opener = style == ToolCallStyle.Hermes ? Call : style == ToolCallStyle.Mistral ? MistralCalls : null;
        var text = _held.ToString();
        if (opener is not null && text.IndexOf(opener, StringComparison.Ordinal) is >= 0 and var at)
        {
            Say(text[..at].TrimEnd());
            if (style == ToolCallStyle.Hermes)
            {
                Keep(text[(at + opener.Length)..], State.HermesCall);
            }
            else
            {
                Keep(text[at..], State.CallsToTheEnd);
            }

            return true;
        }

        // White space may stand before a call, and then belongs to it.
        var certain = text.Length - PartOf(opener, text);
        if (opener is not null)
        {
            certain = text.AsSpan(0, certain).TrimEnd().Length;
        }

        Say(text[..certain]);
        Keep(text[certain..], State.Content);
        return false;
    }

    private bool AdvanceReasoning()
    {
        var text = _held.ToString();
        if (text.IndexOf(EndThink, StringComparison.Ordinal) is >= 0 and var at)
        {
            Reason(text[..at].TrimEnd());
            Keep(text[(at + EndThink.Length)..], State.Content);
            _skipSpace = true;
            return true;
        }

        var certain = text.AsSpan(0, text.Length - PartOf(EndThink, text)).TrimEnd().Length;
        Reason(text[..certain]);
        Keep(text[certain..], State.Reasoning);
        return false;
    }

    private bool AdvanceHermesCall()
    {
        if (!_mayEnd && _held.Length <= LongestCall)
        {
            return false;
        }

        var text = _held.ToString();
        if (text.IndexOf(HermesEnd, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            if (text.Length <= LongestCall)
            {
                return false;
            }

            Say(Call + text);
            Keep("", State.Content);
            return false;
        }

        if (CallReader.Read(text[..at], functions) is { } calls)
        {
            Add(calls);
        }
        else
        {
            Say(Call + text[..(at + HermesEnd.Length)]);
        }

        Keep(text[(at + HermesEnd.Length)..], State.Content);
        return true;
    }

    private bool AdvanceToTheEnd()
    {
        // Only the beginning decides, so that the answer's pieces don't.
        var isCall = style == ToolCallStyle.Mistral || BeginsLikeLlamaCall().IsMatch(_held.ToString(0, Math.Min(_held.Length, Beginning)).TrimStart());
        if (isCall && _held.Length <= LongestCall)
        {
            return false;
        }

        Say(_held.ToString());
        Keep("", State.Content);
        return false;
    }

    [GeneratedRegex("""\A\s*\{\s*"name"\s*:\s*"([^"\\]+)"\s*,\s*"(?:arguments|parameters)"\s*:\s*""", RegexOptions.CultureInvariant)]
    private static partial Regex CallUpToItsArguments();

    /// <summary>A forced call is held to its schema, so what is no whole call is the beginning of one.</summary>
    private List<(string Name, string Arguments)>? ReadForced(string text)
    {
        if (forced!.Name is { } only)
        {
            return [(only, text)];
        }

        return CallReader.Read(text, functions)
            ?? (CallUpToItsArguments().Match(text) is { Success: true } cut && functions.Contains(cut.Groups[1].Value) ? [(cut.Groups[1].Value, text[cut.Length..])] : null);
    }

    private List<(string Name, string Arguments)>? ReadToTheEnd(string text)
        => CallReader.Read(style == ToolCallStyle.Mistral && text.StartsWith(MistralCalls, StringComparison.Ordinal) ? text[MistralCalls.Length..] : text, functions) ?? (style == ToolCallStyle.Mistral ? ReadMistralNames(text) : null);

    /// <summary>Name, arguments, name, arguments: Mistral's newer way.</summary>
    private List<(string Name, string Arguments)>? ReadMistralNames(string text)
    {
        text = text.TrimStart();
        var json = new StringBuilder();
        var at = 0;
        while (MistralName().Match(text, at) is { Success: true } name)
        {
            var start = name.Index + name.Length;
            var next = text.IndexOf(MistralCalls, start, StringComparison.Ordinal);
            var end = next < 0 ? text.Length : next;
            if (!CallReader.IsObject(text[start..end]))
            {
                return null;
            }

            json.Append($$"""{"name":"{{name.Groups[1].Value}}","arguments":{{text[start..end]}}}""");
            at = end;
        }

        return at == text.Length ? CallReader.Read(json.ToString(), functions) : null;
    }

    private void Add(List<(string Name, string Arguments)> calls)
    {
        foreach (var (name, arguments) in calls)
        {
            _parts.Add(new ToolCallPart(_calls++, name, arguments));
        }

        _skipSpace = true;
    }

    private void Say(string text)
    {
        var shown = _skipSpace ? text.TrimStart() : text;
        if (shown.Length > 0)
        {
            _skipSpace = false;
            _parts.Add(new ContentPart(shown));
        }
    }

    private void Reason(string text)
    {
        var shown = _skipSpace ? text.TrimStart() : text;
        if (shown.Length > 0)
        {
            _skipSpace = false;
            _parts.Add(new ReasoningPart(shown));
        }
    }

    private void Keep(string text, State state)
    {
        _held.Clear().Append(text);
        _state = state;
    }

    /// <summary>How many characters at the end of a text may begin a mark.</summary>
    private static int PartOf(string? mark, string text)
    {
        for (var length = Math.Min((mark?.Length ?? 0) - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(mark![..length], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }
}
