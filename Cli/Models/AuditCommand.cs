using System.CommandLine;
using System.Text.Json;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tokenization.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace CocoonOrleans.Cli.Models;

/// <summary><c>cocoon model audit</c>: whether an answer came from this model and this prompt.</summary>
internal static class AuditCommand
{
    private const string ModelName = "audited";

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = ModelCommand.FolderDescription };
        var request = new Argument<string>("request") { Description = "The JSON that was sent to /v1/chat/completions. With a seed or temperature 0 the draws are repeated too." };
        var answer = new Argument<string>("answer") { Description = "The JSON that came back. Asked with logprobs: true it says most." };
        var quantization = new Option<WeightQuantization>("--quantization") { Description = "Where the model's id is that of quantised weights." };
        var choice = new Option<int>("--choice") { Description = "Which answer, where n asked for several: its index." };
        choice.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or >= ChatCompletionRequest.MostChoices)
            {
                result.AddError($"--choice is 0 to {ChatCompletionRequest.MostChoices - 1}.");
            }
        });
        var command = new Command("audit", "Check whether an answer came from this model and this prompt.") { folder, request, answer, quantization, choice };
        return command.Runs((result, output, cancellationToken) => AuditAsync(
            Path.GetFullPath(result.GetRequiredValue(folder)),
            Read(result.GetRequiredValue(request)),
            Read(result.GetRequiredValue(answer)),
            result.GetValue(quantization),
            result.GetValue(choice),
            output,
            cancellationToken));
    }

    private static async Task<int> AuditAsync(
        string folder, byte[] requestJson, byte[] answerJson, WeightQuantization quantization, int choice, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            var chat = ModelFolder.ReadChat(folder);
            if (!ChatCompletionRequest.TryParse(requestJson, out var request, out var error) || !chat.TryEncodePrompt(request, out var prompt, out error))
            {
                throw new CommandFailedException($"The request can't be answered by this model: {error.Message}", "Save the body that was sent.");
            }

            var answer = AuditedAnswer.Read(answerJson, chat.Tokenizer, choice);
            await using var metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
            var options = new NativeEngineOptions
            {
                Backend = quantization == WeightQuantization.BFloat16Compute ? NativeBackend.Torch : NativeBackend.Cpu,
                Quantization = quantization,
                Threads = Environment.ProcessorCount,
                Slots = 1,
                MaximumContextTokens = prompt.Length + answer.Ids.Length + 1,
            };
            await using var engine = new NativeEngine(
                Options.Create(options), metrics.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), TimeProvider.System, NullLogger<NativeEngine>.Instance);
            var model = await output.Console.Status().StartAsync("Loading the model", status => engine.LoadAsync(new ModelReference(ModelName, folder), new LoadStatus(status), cancellationToken));
            var report = await engine.AuditAsync(
                new AuditRequest
                {
                    Request = Generation(request, prompt, chat, choice),
                    CompletionIds = answer.Ids,
                    Logprobs = answer.Logprobs,
                },
                cancellationToken);
            var audit = new ModelAudit(
                $"sha256:{model.ManifestSha256}", JsonNamingPolicy.CamelCase.ConvertName(report.Verdict.ToString()), answer.Ids.Length, prompt.Length, answer.PromptTokens, report.MeanDifference, report.LargestDifference, report.WrongDraws);
            Show(audit, report.Verdict, output);
            output.Result(audit, CommandJson.Default.ModelAudit);
            return report.Verdict == AuditVerdict.Consistent ? ExitCode.Success : ExitCode.Failed;
        }
        catch (Exception exception) when (exception is ModelFormatException or EngineRefusalException)
        {
            throw new CommandFailedException(exception.Message, "Name the folder of the model that answered, and the request and answer that belong together.", innerException: exception);
        }
    }

    private static GenerationRequest Generation(ChatCompletionRequest request, int[] prompt, ChatModel chat, int choice) => new()
    {
        Model = ModelName,
        PromptIds = prompt,
        MaxCompletionTokens = 1,

        // Which grammar doesn't matter: draws under one are not repeated.
        Grammar = request.ResponseFormat is not null || chat.ForcedCallOf(request) is not null ? Grammar.JsonObject : null,
        Sampling = SamplingOptions.Of(request, chat.SamplingDefaults) with { TopLogprobs = null, Seed = unchecked(request.Seed + choice) },
    };

    private static void Show(ModelAudit audit, AuditVerdict verdict, CommandOutput output)
    {
        var (color, meaning) = verdict switch
        {
            AuditVerdict.Consistent => ("green", "The answer is this model's for this prompt."),
            AuditVerdict.OtherLogprobs => ("red", "The log-probabilities are not this model's: other weights, another prompt, or an edited answer."),
            AuditVerdict.OtherDraws => ("red", "The seed draws other tokens: another model, another prompt, or an edited answer."),
            _ => ("yellow", "Nothing can be said. Ask with logprobs: true, or with a seed."),
        };
        output.Console.MarkupLineInterpolated($"[{color}]{verdict}[/]: {meaning}");
        output.Console.MarkupLineInterpolated($"tokens     {audit.Tokens} after {audit.PromptTokens} of the prompt (reported: {audit.ReportedPromptTokens})");
        output.Console.MarkupLineInterpolated($"logprobs   {audit.MeanDifference:0.0000} nats apart on average, {audit.LargestDifference:0.0000} at most");
        output.Console.MarkupLineInterpolated($"draws      {audit.WrongDraws} wrong");
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} can't be read: {exception.Message}", "Name a file with the JSON.", innerException: exception);
        }
    }
}
