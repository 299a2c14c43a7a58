using System.Text;
using System.Text.Json;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tokenization.Chat;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Cli.Demo;

/// <summary>The engine in this process, with no network around it: what it says to a question is what the network must have delivered.</summary>
internal static class DirectEngine
{
    /// <summary>Answers a question with the same model, prompt and sampling as a worker.</summary>
    public static async Task<string> AnswerAsync(ServedModel served, ChatQuestion question, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddLogging().AddNativeEngine().BuildServiceProvider();
        var engine = services.GetRequiredService<IInferenceEngine>();
        var loaded = await engine.LoadAsync(new ModelReference(served.Name, served.Folder, served.ManifestSha256), progress: null, cancellationToken);
        var chat = loaded.Chat;
        if (!ChatCompletionRequest.TryParse(JsonSerializer.SerializeToUtf8Bytes(question, ChatJson.Default.ChatQuestion), out var request, out var error) ||
            !chat.TryEncodePrompt(request, out int[]? prompt, out error))
        {
            throw new InvalidOperationException(error.Message);
        }

        var text = new StringBuilder();
        var generation = new GenerationRequest
        {
            Model = served.Name,
            PromptIds = prompt,
            MaxCompletionTokens = request.MaxCompletionTokens ?? served.ContextTokens,
            Sampling = SamplingOptions.Of(request, chat.SamplingDefaults),
            StopIds = [.. chat.StopIds],
        };
        await foreach (var step in engine.GenerateAsync(generation, cancellationToken))
        {
            text.Append(step.Text);
        }

        return text.ToString();
    }
}
