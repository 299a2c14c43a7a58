using System.Text.Json.Nodes;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>
/// One network whose scripted model calls a function and then answers: the house model's tokenizer with a chat template that shows tools, as Hermes' and Qwen's do.
/// A fake model, since none that calls functions reliably is at hand; all around it is real.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class ToolNetwork : IAsyncLifetime, ICollectionFixture<ToolNetwork>
{
    public const string Collection = "Tool network";

    /// <summary>What the model says before its call.</summary>
    public const string Preface = "I will look.";

    /// <summary>What it says once it has the function's result.</summary>
    public const string Answer = "The sun shines in Paris.";

    private const string Template =
        """
        {%- if tools %}<|im_start|>system
        Functions:{% for tool in tools %}
        {{ tool | tojson }}{% endfor %}
        Call one between <tool_call> and </tool_call>.<|im_end|>
        {% endif %}{%- for message in messages %}<|im_start|>{{ message.role }}
        {{ message.content }}{% for call in message.tool_calls or [] %}
        <tool_call>{{ {"name": call.function.name, "arguments": call.function.arguments} | tojson }}</tool_call>{% endfor %}<|im_end|>
        {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """;

    private readonly DirectoryInfo _model = Directory.CreateTempSubdirectory("cocoon-test-");
    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    public async Task InitializeAsync()
    {
        _network = await TestNetwork.StartAsync(async options =>
        {
            foreach (var file in Directory.EnumerateFiles(options.ModelFolder))
            {
                File.Copy(file, Path.Combine(_model.FullName, Path.GetFileName(file)));
            }

            var path = Path.Combine(_model.FullName, "tokenizer_config.json");
            var config = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
            config["chat_template"] = Template;
            await File.WriteAllTextAsync(path, config.ToJsonString());
            return await Script.InAllWorkersAsync(
                options with { ModelFolder = _model.FullName },
                [
                    ("It is sunny in Paris.", Answer),
                    ("weather in Paris", Preface + "\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>"),
                    ("", Script.PlainAnswer),
                ]);
        });
    }

    public async Task DisposeAsync()
    {
        await Network.DisposeAsync();
        _model.Delete(recursive: true);
    }
}
