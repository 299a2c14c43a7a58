using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>The engine over our own kernels.</summary>
public sealed class NativeEngineCpuTests : IDisposable
{
    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    /// <summary>No near tie may choose otherwise: a sequence's logits are the same bits whatever it is computed with.</summary>
    [Theory]
    [InlineData(WeightQuantization.None)]
    [InlineData(WeightQuantization.BFloat16)]
    [InlineData(WeightQuantization.Int8)]
    [InlineData(WeightQuantization.Int4)]
    public async Task Generate_ManyTogether_GiveTheIdsOfEachAlone(WeightQuantization quantization)
    {
        using var model = new TinyModel();
        await using var engine = Start(quantization);
        await engine.LoadAsync(new ModelReference("tiny", model.Folder), null, CancellationToken.None);
        var requests = Enumerable.Range(0, 12).Select(i => (Prompt: Enumerable.Range(i, 1 + (i * 5)).ToArray(), Sampling: new SamplingOptions { Seed = i, Temperature = 1 + (0.05 * i) })).ToList();
        var alone = new List<List<int>>();
        foreach (var (prompt, sampling) in requests)
        {
            alone.Add(await AnswerAsync(engine, "tiny", prompt, sampling, 20));
        }

        var together = await Task.WhenAll(requests.Select(request => AnswerAsync(engine, "tiny", request.Prompt, request.Sampling, 20)));

        Assert.Equal(alone, together);
    }

    [Fact]
    public async Task Load_Quantised_IsAnotherModelThanItsFiles()
    {
        using var model = new TinyModel();
        var (plain, int8) = (ModelFolder.Read(model.Folder).Manifest.Sha256, ModelFolder.Read(model.Folder, quantization: WeightQuantization.Int8).Manifest.Sha256);
        await using var engine = Start(WeightQuantization.Int8);

        await Assert.ThrowsAsync<ModelFormatException>(() => engine.LoadAsync(new ModelReference("tiny", model.Folder, plain), null, CancellationToken.None));
        var loaded = await engine.LoadAsync(new ModelReference("tiny", model.Folder, int8), null, CancellationToken.None);

        Assert.Equal($"tiny@sha256:{int8}", loaded.Id);
    }

    [Fact]
    public void Options_QuantisationWithoutItsBackend_AreRefused()
    {
        var options = new NativeEngineOptions { Backend = NativeBackend.Torch, Quantization = WeightQuantization.Int8 };
        var results = new List<ValidationResult>();

        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true));
        Assert.Equal([nameof(NativeEngineOptions.Quantization)], results.Single().MemberNames);

        options.Backend = NativeBackend.Cpu;
        Assert.True(Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true));
    }

    private NativeEngine Start(WeightQuantization quantization) => new(
        Options.Create(new NativeEngineOptions { Quantization = quantization, Threads = 2, Slots = 12, Queue = 20 }),
        _meters,
        TimeProvider.System,
        NullLogger<NativeEngine>.Instance);

    private static async Task<List<int>> AnswerAsync(NativeEngine engine, string model, int[] prompt, SamplingOptions sampling, int tokens)
    {
        var ids = new List<int>();
        var request = new GenerationRequest { Model = model, PromptIds = prompt, Sampling = sampling, MaxCompletionTokens = tokens };
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            if (step is TokenGenerated token)
            {
                ids.Add(token.Id);
            }
        }

        return ids;
    }
}
