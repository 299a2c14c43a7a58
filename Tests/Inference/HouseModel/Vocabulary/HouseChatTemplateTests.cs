using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.HouseModel.Text;
using CocoonOrleans.HouseModel.Text.Tools;
using CocoonOrleans.HouseModel.Training;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.HouseModel.Vocabulary;

/// <summary>The chat template that clients' requests go through, against the format that the model was trained in.</summary>
public sealed class HouseChatTemplateTests
{
    private static readonly ChatModel Chat = ChatModel.Load(HouseModelFolder.Path);
    private static readonly ChatFormat Format = new(Tokenizer.Load(HouseModelFolder.Path));

    [Fact]
    public void Prompt_OfAnyDialogue_IsWhatTrainingWrites()
    {
        var (generator, dice) = (new Generator(TextMix.Examined), new Dice(17));
        var dialogues = Enumerable.Range(0, 500).Select(_ => generator.Next(dice)).ToList();

        Assert.Contains(dialogues, dialogue => dialogue.Tools.Count > 1 && dialogue.Turns.Any(turn => turn.Results.Count == 2));
        Assert.All(dialogues, dialogue => Assert.Equal(Format.EncodePrompt(dialogue), PromptOf(dialogue)));
    }

    [Fact]
    public void Prompt_OfASchemaWithoutWhatTrainingHas_ShowsWhatThereIs()
    {
        var request = Parse("""
            {"model": "house", "messages": [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "hi"}],
             "tools": [{"type": "function", "function": {"name": "now"}},
                       {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {}, "b": {"type": ["string", "null"]}}, "required": ["b"]}}}]}
            """);

        Assert.True(Chat.TryEncodePrompt(request, out var ids, out _));
        Assert.Equal("system\nBe kind.\nTools:\nnow()\nf(a?: any, b: string|null)\nuser\nhi\nassistant\n", Format.Decode(ids));
    }

    private static int[] PromptOf(Dialogue dialogue)
    {
        var messages = new JsonArray();
        if (dialogue.System is not null)
        {
            messages.Add(new JsonObject { ["role"] = "system", ["content"] = dialogue.System });
        }

        foreach (var turn in dialogue.Turns)
        {
            foreach (var (i, result) in turn.Results.Index())
            {
                messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = $"call_{i}", ["content"] = result });
            }

            if (turn.Results.Count == 0)
            {
                messages.Add(new JsonObject { ["role"] = "user", ["content"] = turn.User });
            }

            if (turn != dialogue.Turns[^1])
            {
                messages.Add(Answer(turn.Answer));
            }
        }

        var request = new JsonObject { ["model"] = "house", ["messages"] = messages };
        if (dialogue.Tools.Count > 0)
        {
            request["tools"] = new JsonArray([.. dialogue.Tools.Select(tool => (JsonNode)ToJson(tool))]);
        }

        Assert.True(Chat.TryEncodePrompt(Parse(request.ToJsonString()), out var ids, out var error), error?.Message);
        return ids;
    }

    private static JsonObject Answer(string text)
    {
        if (!text.StartsWith("<tool_call>", StringComparison.Ordinal))
        {
            return new JsonObject { ["role"] = "assistant", ["content"] = text };
        }

        var calls = text.Split("<tool_call>", StringSplitOptions.RemoveEmptyEntries).Select(call => JsonNode.Parse(call.Split("</tool_call>")[0])!);
        return new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = null,
            ["tool_calls"] = new JsonArray([.. calls.Select((call, i) => (JsonNode)new JsonObject
            {
                ["id"] = $"call_{i}",
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call["name"]!.GetValue<string>(), ["arguments"] = call["arguments"]!.ToJsonString() },
            })]),
        };
    }

    private static JsonObject ToJson(Tool tool)
    {
        var properties = new JsonObject(tool.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (JsonNode?)Schema(parameter))));
        var function = new JsonObject
        {
            ["name"] = tool.Name,
            ["parameters"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = properties,
                ["required"] = new JsonArray([.. tool.Parameters.Where(parameter => parameter.IsRequired).Select(parameter => (JsonNode)parameter.Name)]),
            },
        };
        if (tool.Description is not null)
        {
            function["description"] = tool.Description;
        }

        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    private static JsonObject Schema(ToolParameter parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Choices.Count > 0)
        {
            schema["enum"] = new JsonArray([.. parameter.Choices.Select(choice => (JsonNode)choice)]);
        }

        return schema;
    }

    private static ChatCompletionRequest Parse(string json)
    {
        Assert.True(ChatCompletionRequest.TryParse(Encoding.UTF8.GetBytes(json), out var request, out var error), error?.Message);
        return request;
    }
}
