using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Templates.Statements;
using CocoonOrleans.Tokenization.Templates.Syntax;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates;

/// <summary>
/// A model's chat template: the part of Jinja that ChatML's and Llama's simple templates need, in the environment that Hugging Face's transformers give it.
/// A word that it doesn't know is refused when the template is parsed. Immutable and thread-safe.
/// </summary>
public sealed class ChatTemplate
{
    private const int LongestSource = 256 * 1024;

    private readonly Block _body;
    private readonly bool _knowsDevelopers;

    private ChatTemplate(Block body, bool knowsDevelopers)
    {
        _body = body;
        _knowsDevelopers = knowsDevelopers;
    }

    /// <summary>Reads a template of at most 262,144 characters.</summary>
    /// <exception cref="TemplateSyntaxException">It is broken, or uses a word of Jinja that isn't supported; the message names line and word.</exception>
    public static ChatTemplate Parse(string source) =>
        source.Length <= LongestSource
            ? new ChatTemplate(TemplateParser.Parse(source), source.Contains("developer", StringComparison.Ordinal))
            : throw new TemplateSyntaxException(1, "template", $"has more than {LongestSource} characters");

    /// <summary>Writes a chat as the model reads it. A developer's message is shown as the system's to a template that doesn't know the word.</summary>
    /// <param name="messages">The chat.</param>
    /// <param name="addGenerationPrompt">Whether to end with what begins the assistant's answer.</param>
    /// <param name="beginOfText">The template's <c>bos_token</c>; null where the model has none.</param>
    /// <param name="endOfText">The template's <c>eos_token</c>; null where the model has none.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="refusal">Why there is none.</param>
    /// <returns>Whether there is a prompt.</returns>
    public bool TryRender(
        IReadOnlyList<ChatMessage> messages,
        bool addGenerationPrompt,
        string? beginOfText,
        string? endOfText,
        [NotNullWhen(true)] out ChatPrompt? prompt,
        [NotNullWhen(false)] out TemplateRefusal? refusal)
    {
        (prompt, refusal) = (null, null);
        try
        {
            var run = new TemplateRun(new Dictionary<string, object?>
            {
                ["messages"] = messages.Select(ToValue).ToArray(),
                ["add_generation_prompt"] = addGenerationPrompt,
                ["bos_token"] = ToValue(beginOfText),
                ["eos_token"] = ToValue(endOfText),
            });
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

    private static object ToValue(string? token) => token is null ? TemplateUndefined.Value : MarkedText.FromTemplate(token);

    private object ToValue(ChatMessage message)
    {
        var value = new Dictionary<string, object?>
        {
            ["role"] = MarkedText.FromTemplate(NameOf(message.Role)),
            ["content"] = MarkedText.FromMessage(message.Content),
        };
        if (message.Name is not null)
        {
            value["name"] = MarkedText.FromMessage(message.Name);
        }

        return value;
    }

    private string NameOf(ChatRole role) => role switch
    {
        ChatRole.System => "system",
        ChatRole.Developer => _knowsDevelopers ? "developer" : "system",
        ChatRole.User => "user",
        ChatRole.Assistant => "assistant",
        _ => "tool",
    };
}
