using System.Text.Json;
using CocoonOrleans.Tests.Unit.Tokenization.Goldens;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Templates;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

public sealed class ChatTemplateGoldenTests
{
    [Theory]
    [InlineData("chatml")]
    [InlineData("chatmlLines")]
    [InlineData("zephyr")]
    [InlineData("llama3")]
    [InlineData("llama2")]
    [InlineData("odds")]
    public void TryRender_EveryChat_IsWhatHuggingFacesJinjaGives(string name)
    {
        var goldens = JsonSerializer.Deserialize<Goldens>(File.ReadAllBytes(TokenGoldens.PathOf("templates.json")), JsonSerializerOptions.Web)!;
        var template = ChatTemplate.Parse(goldens.Templates[name]);

        Assert.All(goldens.Rows.Where(row => row.Name == name), row =>
        {
            var messages = row.Chat.Select(message => new ChatMessage(Enum.Parse<ChatRole>(message[0], ignoreCase: true), message[1])).ToArray();
            template.TryRender(messages, row.AddGenerationPrompt, "<s>", "</s>", out var prompt, out var refusal);
            Assert.Equal((row.Text, row.Refusal), (prompt?.Text, refusal?.Reason));
        });
    }

    private sealed record Goldens(Dictionary<string, string> Templates, Row[] Rows);

    private sealed record Row(string Name, string[][] Chat, bool AddGenerationPrompt, string? Text, string? Refusal);
}
