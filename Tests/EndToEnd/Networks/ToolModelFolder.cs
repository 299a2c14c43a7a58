using System.Text.Json.Nodes;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>
/// The house model with a chat template that shows tools, as Hermes' and Qwen's do but shorter, for its small context: it may call functions, though it has not
/// learnt when.
/// </summary>
internal sealed class ToolModelFolder : IDisposable
{
    private const string Template =
        """
        {%- if tools %}<|im_start|>system
        Functions:{% for tool in tools %}
        {{ tool.function.name }}({{ tool.function.parameters.properties | list | join(", ") }}){% endfor %}
        Call one between <tool_call> and </tool_call>.<|im_end|>
        {% endif %}{%- for message in messages %}<|im_start|>{{ message.role }}
        {{ message.content }}{% for call in message.tool_calls or [] %}
        <tool_call>{{ {"name": call.function.name, "arguments": call.function.arguments} | tojson }}</tool_call>{% endfor %}<|im_end|>
        {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """;

    private readonly TemporaryFolder _folder = new();

    public ToolModelFolder()
    {
        foreach (var file in Directory.EnumerateFiles(HouseModelFolder.Path(BuiltArtifacts.Find())))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }

        var config = System.IO.Path.Combine(Path, "tokenizer_config.json");
        var json = JsonNode.Parse(File.ReadAllText(config))!;
        json["chat_template"] = Template;
        File.WriteAllText(config, json.ToJsonString());
    }

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();
}
