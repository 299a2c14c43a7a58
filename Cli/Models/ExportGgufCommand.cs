using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using Spectre.Console;

namespace CocoonOrleans.Cli.Models;

/// <summary><c>cocoon model export-gguf</c>: a model as one file that llama.cpp reads.</summary>
internal static class ExportGgufCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = ModelCommand.FolderDescription };
        var file = new Argument<string>("file") { Description = "The GGUF file to write. It must not exist." };
        var type = new Option<string>("--type")
        {
            Description = "How matrices are stored; by default F32, which loses nothing.",
            DefaultValueFactory = _ => nameof(GgufTensorType.F32),
        };
        type.AcceptOnlyFromAmong([.. GgufExport.Types.Select(known => known.ToString())]);
        var command = new Command("export-gguf", "Write a model as one GGUF file, to hold it against llama.cpp.") { folder, file, type };
        return command.Runs((result, output, cancellationToken) => Task.FromResult(Export(
            Path.GetFullPath(result.GetRequiredValue(folder)),
            Path.GetFullPath(result.GetRequiredValue(file)),
            Enum.Parse<GgufTensorType>(result.GetRequiredValue(type)),
            output,
            cancellationToken)));
    }

    private static int Export(string path, string file, GgufTensorType type, CommandOutput output, CancellationToken cancellationToken)
    {
        var created = false;
        try
        {
            var folder = ModelFolder.Read(path, cancellationToken: cancellationToken);
            string? unsaid;
            long bytes;
            using (var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write))
            {
                created = true;
                unsaid = GgufExport.Write(folder, type, stream, cancellationToken);
                bytes = stream.Length;
            }

            output.Console.MarkupLineInterpolated($"{file}: {bytes} bytes, {type}");
            if (unsaid is not null)
            {
                output.Console.MarkupLineInterpolated($"[yellow]{unsaid}[/]");
            }

            output.Result(new ModelExport(path, file, type.ToString(), bytes, unsaid), CommandJson.Default.ModelExport);
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is ModelFormatException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            if (created)
            {
                File.Delete(file);
            }

            if (exception is OperationCanceledException)
            {
                throw;
            }

            throw new CommandFailedException(exception.Message, "Name a folder with a whole model in it, and a file that can be made.", innerException: exception);
        }
    }
}
