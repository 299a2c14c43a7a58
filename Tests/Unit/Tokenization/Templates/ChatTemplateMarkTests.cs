using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Templates;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>
/// No text of a user may become a special token, so the prompt marks every one of its characters, whatever the template did to it. Here users write with
/// characters that stand in no template: one outside of a mark has leaked.
/// </summary>
public sealed class ChatTemplateMarkTests
{
    private const char FirstOfUsers = '\ue000';
    private const char LastOfUsers = '\ue0ff';

    /// <summary>Names that templates compare with, so that their branches are taken.</summary>
    private static readonly string[] KeptNames = ["role", "type", "bos_token", "eos_token"];

    public static TheoryData<bool> Disguises => [true, false];

    [Theory]
    [MemberData(nameof(Disguises))]
    public void TryRender_Families_MarkAllThatUsersWrote(bool isWhole) => AssertMarked(TemplateCases.Families.Values, isWhole, 60, TemplateCases.AllChats);

    [Theory]
    [MemberData(nameof(Disguises))]
    public void TryRender_Expressions_MarkAllThatUsersWrote(bool isWhole) =>
        AssertMarked(File.ReadAllLines(TemplateCases.PathOf("expressions.txt")), isWhole, 200, TemplateCases.PathOf("expressions-values.json"));

    [SkippableTheory]
    [MemberData(nameof(Disguises))]
    public async Task TryRender_RealTemplates_MarkAllThatUsersWrote(bool isWhole) =>
        AssertMarked(TemplateCases.ReadFolder(await TemplateOracle.RealTemplatesAsync()).Values, isWhole, 600, TemplateCases.AllChats);

    [Fact]
    public void TryRender_SpecialTokens_AreTheTemplates()
    {
        var input = TemplateCases.ReadInputs(TemplateCases.Chats)[1];
        Assert.True(ChatTemplate.Parse(TemplateCases.Families["chatml"]).TryRender(input, out var prompt, out _));

        Assert.Equal(["  Be brief.\n", " What is <|im_end|>?\n"], prompt.FromMessages.Select(range => prompt.Text[range.Start..range.End]));
    }

    [Theory]
    [InlineData("{{ '<|' ~ messages[0].role ~ '|>' }}", "<|user|>", "")]
    [InlineData("{{ messages[1].role }}", "<|im_end|>", "<|im_end|>")]
    [InlineData("{{ messages[0].content.replace('-', '') }}", "<|im_end|>", "<|im_end|>")]
    [InlineData("{{ messages[0].content.replace('im', '+') }}", "<|+_e-nd|>", "<|_e-nd|>")]
    [InlineData("{{ messages[0].content.split('_') | join('<eos>') }}", "<|im<eos>e-nd|>", "<|ime-nd|>")]
    [InlineData("{{ messages[0].content[2:4] ~ '!' ~ messages[0].content[::-1][:2] }}", "im!>|", "im>|")]
    [InlineData("{% for c in messages[0].content[:2] %}{{ c }}.{% endfor %}", "<.|.", "<|")]
    [InlineData("{{ {'a': messages[0].content} | tojson }}", "{\"a\": \"<|im_e-nd|>\"}", "{\"a\": \"<|im_e-nd|>\"}")]
    [InlineData("{{ {'a': 1} | tojson }}", "{\"a\": 1}", "")]
    [InlineData("{{ [messages[0].content] }}", "['<|im_e-nd|>']", "['<|im_e-nd|>']")]
    [InlineData("{% macro m(x) %}<b>{{ x }}{% endmacro %}{{ m(messages[0].content) | upper }}", "<B><|IM_E-ND|>", "<|IM_E-ND|>")]
    [InlineData("{% set x %}a{{ messages[0].content }}{% endset %}{{ x | indent(2, true) }}", "  a<|im_e-nd|>", "<|im_e-nd|>")]
    [InlineData("{{ 'a' ~ ('b' * 2 ~ messages[0].content)[:3] }}", "abb<", "<")]
    [InlineData("{{ strftime_now(messages[0].content) }}", "<|im_e-nd|>", "<|im_e-nd|>")]
    [InlineData("{{ [1] | tojson(indent=messages[0].content) }}", "[\n<|im_e-nd|>1\n]", "[\n<|im_e-nd|>1\n]")]
    [InlineData("{{ [1, 2] | tojson(separators=(messages[0].content, '')) }}", "[1<|im_e-nd|>2]", "[1<|im_e-nd|>2]")]
    [InlineData("{{ messages[2] | items | first | first }}", "<|x|>", "<|x|>")]
    [InlineData("{{ messages[2] | dictsort | map('first') | join(',') }}", "<|x|>", "<|x|>")]
    public void TryRender_Operation_MarksWhatIsTheUsers(string source, string text, string fromUsers)
    {
        var messages = JsonDocument.Parse("[{\"role\": \"user\", \"content\": \"<|im_e-nd|>\"}, {\"role\": \"<|im_end|>\"}, {\"<|x|>\": 1}]").RootElement;
        Assert.True(ChatTemplate.Parse(source).TryRender(new ChatTemplateInput { Messages = [.. messages.EnumerateArray()] }, out var prompt, out var refusal), refusal?.Reason);

        Assert.Equal(text, prompt.Text);
        Assert.Equal(fromUsers, string.Concat(prompt.FromMessages.Select(range => prompt.Text[range.Start..range.End])));
    }

    private static void AssertMarked(IEnumerable<string> templates, bool isWhole, int fewest, params string[] chats)
    {
        var rendered = 0;
        var inputs = ReadDisguised(isWhole, chats);
        foreach (var template in templates.Select(source => TryParse(source)).OfType<ChatTemplate>())
        {
            foreach (var input in inputs)
            {
                if (template.TryRender(input, out var prompt, out _))
                {
                    rendered++;
                    AssertMarked(prompt);
                }
            }
        }

        Assert.True(rendered >= fewest, $"Only {rendered} prompts were looked at.");
    }

    internal static ChatTemplateInput[] ReadDisguised(bool isWhole, params string[] chats) =>
    [
        .. chats.SelectMany(path => JsonNode.Parse(File.ReadAllText(path))!.AsArray()).Select(chat => TemplateCases.ToInput(JsonSerializer.SerializeToElement(Disguise(chat, "", isWhole)))),
    ];

    internal static void AssertMarked(ChatPrompt prompt)
    {
        var end = -1;
        var outside = prompt.Text.ToCharArray();
        foreach (var range in prompt.FromMessages)
        {
            Assert.True(range.Start > end && range.Start < range.End && range.End <= prompt.Text.Length, $"Marks are not in order, apart and full: {string.Join(' ', prompt.FromMessages)} in {prompt.Text}");
            end = range.End;
            Array.Clear(outside, range.Start, range.End - range.Start);
        }

        Assert.DoesNotContain(outside, c => c is >= FirstOfUsers and <= LastOfUsers);
    }

    private static ChatTemplate? TryParse(string source)
    {
        try
        {
            return ChatTemplate.Parse(source);
        }
        catch (TemplateSyntaxException)
        {
            return null;
        }
    }

    /// <summary>Puts users' characters in place of all letters of a value, or, so that templates still find what they look for, around its lines.</summary>
    private static JsonNode? Disguise(JsonNode? value, string name, bool isWhole) => value switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Disguise(entry.Value, entry.Key, isWhole)))),
        JsonArray list => new JsonArray([.. list.Select(item => Disguise(item, name, isWhole))]),
        JsonValue text when text.GetValueKind() == JsonValueKind.String && !KeptNames.Contains(name) => Disguise(text.GetValue<string>(), isWhole),
        _ => value?.DeepClone(),
    };

    private static string Disguise(string text, bool isWhole) => isWhole
        ? string.Concat(text.Select(c => char.IsLetter(c) ? (char)(FirstOfUsers + (c & 0xff)) : c))
        : $"{FirstOfUsers}{text.Replace("\n", $"\n{FirstOfUsers}", StringComparison.Ordinal).Replace(" ", $"{FirstOfUsers} ", StringComparison.Ordinal)}{FirstOfUsers}";
}
