using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tokenization.Chat;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

public sealed class NativeEngineHouseModelTests : IDisposable
{
    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    /// <summary>
    /// What the demo counts on when it asks an engine of its own. Not bits but ids and text: libtorch rounds the logits of a batch differently, by about 1e-5,
    /// while the two best logits of the house model are, for sums, hundreds of thousands of times further apart.
    /// </summary>
    [Theory]
    [InlineData(NativeBackend.Cpu, 0, 1)]
    [InlineData(NativeBackend.Cpu, 1.5, 0.95)]
    [InlineData(NativeBackend.Torch, 0, 1)]
    [InlineData(NativeBackend.Torch, 1, 1)]
    [InlineData(NativeBackend.Torch, 1.5, 0.95)]
    public async Task Generate_SumsTogether_GiveTheAnswersOfEachAlone(NativeBackend backend, double temperature, double topP)
    {
        await using var engine = new NativeEngine(Options.Create(new NativeEngineOptions { Backend = backend, Slots = 16, Queue = 64 }), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("house", HouseModelFolder.Path), null, CancellationToken.None);
        var chat = ChatModel.Load(HouseModelFolder.Path);
        var requests = Enumerable.Range(0, 48).Select(i => Request(chat, $"What is {i * 7 % 90} + {i * 13 % 90}?", new SamplingOptions { Temperature = temperature, TopP = topP, Seed = i })).ToList();
        var alone = new List<string>();
        foreach (var request in requests)
        {
            alone.Add(await AnswerAsync(engine, request));
        }

        var together = await Task.WhenAll(requests.Select(request => AnswerAsync(engine, request)));

        Assert.Equal(alone, together);
    }

    private static GenerationRequest Request(ChatModel chat, string question, SamplingOptions sampling)
    {
        Assert.True(chat.TryEncodePrompt(new ChatCompletionRequest { Model = "house", Messages = [new ChatMessage(ChatRole.User, question)] }, out var prompt, out _));
        return new GenerationRequest { Model = "house", PromptIds = prompt, MaxCompletionTokens = 60, Sampling = sampling, StopIds = [.. chat.StopIds] };
    }

    /// <summary>Ids and text.</summary>
    private static async Task<string> AnswerAsync(NativeEngine engine, GenerationRequest request)
    {
        var answer = new StringBuilder();
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            answer.Append(step is TokenGenerated token ? $"{token.Id}:" : "").Append(step.Text).Append(' ');
        }

        return answer.ToString();
    }
}
