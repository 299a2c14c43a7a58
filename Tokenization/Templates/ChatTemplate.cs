using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CocoonOrleans.Tokenization.Templates.BuiltIns;
using CocoonOrleans.Tokenization.Templates.Statements;
using CocoonOrleans.Tokenization.Templates.Syntax;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates;

/// <summary>
/// A model's chat template: the part of Jinja that chat templates use, in the environment that Hugging Face's transformers give it. A word that it doesn't
/// know is refused when the template is parsed. Templates come with models and are not trusted: work, depth and length are bounded. Immutable and thread-safe.
/// </summary>
public sealed class ChatTemplate
{
    private const int LongestSource = 256 * 1024;

    private readonly Block _body;
    private readonly bool _knowsDevelopers;
    private readonly TimeProvider _time;

    private ChatTemplate(Block body, bool knowsDevelopers, TimeProvider time)
    {
        _body = body;
        _knowsDevelopers = knowsDevelopers;
        _time = time;
    }

    /// <summary>Reads a template of at most 262,144 characters.</summary>
    /// <param name="source">The template.</param>
    /// <param name="time">The clock of <c>strftime_now</c>, which gives UTC; null for the system's.</param>
    /// <exception cref="TemplateSyntaxException">It is broken, or uses a word of Jinja that isn't supported; the message names line and word.</exception>
    public static ChatTemplate Parse(string source, TimeProvider? time = null) =>
        source.Length <= LongestSource
            ? new ChatTemplate(TemplateParser.Parse(source), source.Contains("developer", StringComparison.Ordinal), time ?? TimeProvider.System)
            : throw new TemplateSyntaxException(1, "template", $"has more than {LongestSource} characters");

    /// <summary>
    /// Writes a chat as the model reads it. All texts and names of <paramref name="input"/>'s JSON count as users' and are marked in the prompt, but for a message's
    /// role where it is one of OpenAI's. A developer's message is shown as the system's to a template that doesn't know the word.
    /// </summary>
    /// <param name="input">The chat, and all else that the template may ask for.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="refusal">Why there is none.</param>
    /// <returns>Whether there is a prompt.</returns>
    public bool TryRender(ChatTemplateInput input, [NotNullWhen(true)] out ChatPrompt? prompt, [NotNullWhen(false)] out TemplateRefusal? refusal)
    {
        (prompt, refusal) = (null, null);
        try
        {
            var variables = new TemplateScope(outer: null);
            var reader = new JsonValueReader();
            Functions.Declare(variables);
            Declare(input, variables, reader);
            var run = new TemplateRun(_time, variables, reader.Characters);
            _body.Run(run);
            prompt = run.ToPrompt();
            return true;
        }
        catch (TemplateFailure failure)
        {
            refusal = new TemplateRefusal(failure.Message);
            return false;
        }
    }

    private void Declare(ChatTemplateInput input, TemplateScope variables, JsonValueReader reader)
    {
        variables["documents"] = null;
        foreach (var (name, value) in input.Variables)
        {
            variables[name] = reader.Read(value);
        }

        variables["messages"] = new TemplateList([.. input.Messages.Select(message => ReadMessage(message, reader))]);
        variables["tools"] = input.Tools is null ? null : new TemplateList([.. input.Tools.Select(tool => reader.Read(tool))]);
        variables["add_generation_prompt"] = input.AddGenerationPrompt;
        variables["bos_token"] = ToValue(input.BeginOfText);
        variables["eos_token"] = ToValue(input.EndOfText);
    }

    private static object ToValue(string? token) => token is null ? TemplateUndefined.Value : MarkedText.FromTemplate(token);

    private object? ReadMessage(JsonElement message, JsonValueReader reader)
    {
        var value = reader.Read(message);
        if (value is TemplateMap map && map.TryGet("role", out var role) && role is MarkedText { Text: "system" or "developer" or "user" or "assistant" or "tool" } name)
        {
            // Templates make special tokens of it, such as <|user|>.
            map["role"] = MarkedText.FromTemplate(name.Text == "developer" && !_knowsDevelopers ? "system" : name.Text);
        }

        return value;
    }
}
