using System.Text.Json;
using CocoonOrleans.Tokenization.Templates;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>The chats and templates of these tests, and what a template makes of a chat.</summary>
internal static class TemplateCases
{
    private static readonly string[] Members = ["messages", "tools", "add_generation_prompt", "bos_token", "eos_token"];

    public static string Folder { get; } = Path.Combine(Repository.Root, "Tests", "Unit", "Tokenization", "Templates");

    /// <summary>Chats on which Hugging Face's JavaScript agrees with Python.</summary>
    public static string[] Chats { get; } = [PathOf("chats.json")];

    /// <summary>With those on which it does not: empty texts that equal false, floats and lists written in JavaScript's way.</summary>
    public static string[] AllChats { get; } = [PathOf("chats.json"), PathOf("chats-python.json")];

    /// <summary>Templates in the form of well-known families, in our own words: a real one is its author's.</summary>
    public static IReadOnlyDictionary<string, string> Families { get; } = ReadFolder(PathOf("Families"));

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static Dictionary<string, string> ReadFolder(string folder) => Directory.GetFiles(folder, "*.jinja").ToDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);

    public static T Read<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllBytes(PathOf(name)), JsonSerializerOptions.Web)!;

    public static ChatTemplateInput[] ReadInputs(params string[] files) =>
        [.. files.SelectMany(file => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllBytes(file))!).Select(ToInput)];

    public static ChatTemplateInput ToInput(JsonElement variables) => new()
    {
        Messages = [.. variables.GetProperty("messages").EnumerateArray()],
        Tools = variables.GetProperty("tools").ValueKind == JsonValueKind.Null ? null : [.. variables.GetProperty("tools").EnumerateArray()],
        AddGenerationPrompt = variables.GetProperty("add_generation_prompt").GetBoolean(),
        BeginOfText = variables.TryGetProperty("bos_token", out var begin) ? begin.GetString() : null,
        EndOfText = variables.TryGetProperty("eos_token", out var end) ? end.GetString() : null,
        Variables = variables.EnumerateObject().Where(variable => !Members.Contains(variable.Name)).ToDictionary(variable => variable.Name, variable => variable.Value),
    };

    /// <summary>Renders at the time that the oracles have.</summary>
    public static TemplateRow Render(string source, ChatTemplateInput input)
    {
        try
        {
            var template = ChatTemplate.Parse(source, new FakeTimeProvider(new DateTimeOffset(2026, 3, 9, 15, 4, 5, TimeSpan.Zero)));
            return template.TryRender(input, out var prompt, out var refusal) ? new TemplateRow(prompt.Text, null, null) : new TemplateRow(null, refusal.Reason, null);
        }
        catch (TemplateSyntaxException exception)
        {
            return new TemplateRow(null, null, exception.Message);
        }
    }
}

/// <summary>What an engine makes of a template: a text, a refusal by the template itself, or an error. Ours gives refusals for errors of the rendering too.</summary>
internal sealed record TemplateRow(string? Text, string? Refusal, string? Error);
