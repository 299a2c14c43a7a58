using System.CommandLine;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Models;

/// <summary>The option that says which model a network serves.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = new("--model")
    {
        Description = "The folder of the model to serve: config.json and *.safetensors or one *.gguf, tokenizer.json, chat_template.jinja. By default the house model.",
        HelpName = "folder",
    };

    public void AddTo(Command command) => command.Add(_model);

    /// <summary>The model's name for clients, and its folder.</summary>
    public (string Name, string Folder) Read(ParseResult result, BuiltArtifacts artifacts)
    {
        if (result.GetValue(_model) is not { } given)
        {
            return (HouseModelFolder.Name, HouseModelFolder.Path(artifacts));
        }

        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(given));
        return Directory.Exists(folder)
            ? (Path.GetFileName(folder), folder)
            : throw new CommandFailedException($"There is no folder {folder}.", "Name the folder of a model with --model.");
    }
}
