using System.CommandLine;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Sealing.Models;
using Spectre.Console;

namespace CocoonOrleans.Cli.Models;

/// <summary><c>cocoon model list|hash|encrypt|export-gguf|audit</c>: which models a gateway serves, by which hashes the catalogue knows one, one that a provider can't read, one as llama.cpp reads it, and whether an answer is one's.</summary>
internal static class ModelCommand
{
    internal const string FolderDescription = "A folder with config.json and *.safetensors or one *.gguf, tokenizer.json and chat_template.jinja.";

    private const int MostContext = 1_048_576;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Command Create() => new("model", "See which models there are, hash one for the catalogue, encrypt it, write it for llama.cpp, or check an answer against it.") { List(), Hash(), EncryptCommand.Create(), ExportGgufCommand.Create(), AuditCommand.Create() };

    private static Command List()
    {
        var gateway = new GatewayOptions();
        var command = new Command("list", "List the models that the gateway serves.");
        gateway.AddTo(command);
        return command.Runs((result, output, cancellationToken) => ListAsync(gateway.Gateway(result), gateway.ApiKey(result), output, cancellationToken));
    }

    private static Command Hash()
    {
        var folder = new Argument<string>("folder") { Description = FolderDescription };
        var weights = new Option<string?>("--upstream-weights")
        {
            Description = "For a model that another server computes: which weights it is declared to run, as in the worker's Upstream:Weights. The folder then needs no weights.",
            HelpName = "declaration",
        };
        var context = new Option<int>("--context")
        {
            Description = "For a model that another server computes: its context in tokens, as in the worker's Upstream:ContextTokens.",
            HelpName = "tokens",
            CustomParser = WholeNumber.Between(2, MostContext),
        };
        var quantization = new Option<WeightQuantization>("--quantization")
        {
            Description = "For a worker that quantises the weights at load, as in its Native:Quantization: another model with another hash.",
        };
        var command = new Command("hash", "Hash a model's files: what a catalogue entry needs.") { folder, weights, context, quantization };
        return command.Runs((result, output, cancellationToken) =>
        {
            var path = Path.GetFullPath(result.GetRequiredValue(folder));
            return output.Console.Status().StartAsync("Hashing", status => Task.Run(
                () => Hash(path, () => Read(path, result.GetValue(weights), result.GetValue(context), result.GetValue(quantization), new LoadStatus(status), cancellationToken), output),
                cancellationToken));
        });
    }

    private static async Task<int> ListAsync(Uri gateway, string apiKey, CommandOutput output, CancellationToken cancellationToken)
    {
        using var http = GatewayHttp.Open(gateway, apiKey, Timeout);
        try
        {
            using var response = await http.GetAsync("/v1/models", cancellationToken);
            response.EnsureSuccessStatusCode();
            using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            string[] models = [.. document.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString() ?? "")];
            foreach (var model in models)
            {
                output.Text.WriteLine(model);
            }

            output.Result(new ModelList(gateway, models), CommandJson.Default.ModelList);
            return ExitCode.Success;
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException(
                $"The gateway {gateway} can't be asked for its models: {exception.Message}",
                exception.StatusCode is null ? "Is it up? Start a network with ./cocoon up." : "Give the right key with --key or COCOON_API_KEY.",
                innerException: exception);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandFailedException($"{gateway} answers with something that is no list of models.", "Name a CocoonOrleans gateway with --gateway.", innerException: exception);
        }
    }

    private static int Hash(string path, Func<(ModelManifest Manifest, int ContextTokens, int? EmbeddingDimensions)> read, CommandOutput output)
    {
        try
        {
            if (File.Exists(Path.Combine(path, EncryptedModelManifest.FileName)))
            {
                throw Encrypted(path);
            }

            var (manifest, contextTokens, dimensions) = read();
            var hashes = new ModelHashes(path, manifest.Sha256, ModelFolder.ReadChat(path).Sha256, contextTokens, dimensions);
            output.Console.MarkupLineInterpolated($"manifest   {hashes.ManifestSha256}");
            output.Console.MarkupLineInterpolated($"tokenizer  {hashes.TokenizerSha256}");
            output.Console.MarkupLineInterpolated($"context    {hashes.ContextTokens} tokens");
            if (hashes.EmbeddingDimensions is not null)
            {
                output.Console.MarkupLineInterpolated($"embeddings {hashes.EmbeddingDimensions} dimensions");
            }

            foreach (var file in manifest.Files)
            {
                output.Console.MarkupLineInterpolated($"[dim]{file.Sha256} {file.Bytes,12} {file.Name}[/]");
            }

            output.Result(hashes, CommandJson.Default.ModelHashes);
            return ExitCode.Success;
        }
        catch (ModelFormatException exception)
        {
            throw new CommandFailedException(exception.Message, "Name a folder with a whole model in it.", innerException: exception);
        }
    }

    private static CommandFailedException Encrypted(string path) =>
        EncryptedModelManifest.TryRead(StoredFile.Read(new FileInfo(Path.Combine(path, EncryptedModelManifest.FileName)), EncryptedModelManifest.MaxBytes), out var manifest, out var hash)
            ? new CommandFailedException(
                $"{path} is encrypted: by its manifest ({hash}) it is the model {manifest.ModelId}, which only its key shows.", "Hash the plain folder: its hashes are those of the encrypted one.")
            : new CommandFailedException($"{path} holds a manifest of an encrypted model that can't be read.", "Get it again from the model's owner.");

    private static (ModelManifest Manifest, int ContextTokens, int? EmbeddingDimensions) Read(
        string path, string? upstreamWeights, int context, WeightQuantization quantization, LoadStatus status, CancellationToken cancellationToken)
    {
        if ((upstreamWeights is null) != (context == 0))
        {
            throw new CommandFailedException("--upstream-weights and --context belong together.", "Give both for a model that another server computes, else neither.");
        }

        if (upstreamWeights is not null)
        {
            if (quantization != WeightQuantization.None)
            {
                throw new CommandFailedException("--quantization is for weights that our own engine loads.", "Leave it out: the other server's declaration says what it runs.");
            }

            return (UpstreamFolder.Read(path, upstreamWeights).Manifest, context, null);
        }

        var folder = ModelFolder.Read(path, new StageProgress(LoadStage.Reading, status, TimeProvider.System).Report, quantization, cancellationToken);
        return (folder.Manifest, folder.Shape.ContextTokens, folder.EmbeddingDimensions);
    }
}
