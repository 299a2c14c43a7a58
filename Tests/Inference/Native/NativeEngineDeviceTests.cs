using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.Cuda.Emulation;
using CocoonOrleans.Tests.Inference.LlamaCpp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>Where the engine computes, and what it says where it can't.</summary>
public sealed class NativeEngineDeviceTests : IDisposable
{
    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(NativeBackend.Torch, null, WeightQuantization.None, null)]
    [InlineData(NativeBackend.Torch, "cpu", WeightQuantization.BFloat16Compute, null)]
    [InlineData(NativeBackend.Torch, "cuda:1", WeightQuantization.BFloat16Compute, null)]
    [InlineData(NativeBackend.Torch, "cuda:1", WeightQuantization.BFloat16, nameof(NativeEngineOptions.Quantization))]
    [InlineData(NativeBackend.Cpu, null, WeightQuantization.BFloat16Compute, nameof(NativeEngineOptions.Quantization))]
    [InlineData(NativeBackend.Torch, "cuda", WeightQuantization.Int8, nameof(NativeEngineOptions.Quantization))]
    [InlineData(NativeBackend.Torch, "gpu", WeightQuantization.None, nameof(NativeEngineOptions.Device))]
    [InlineData(NativeBackend.Torch, "cuda:", WeightQuantization.None, nameof(NativeEngineOptions.Device))]
    [InlineData(NativeBackend.Torch, "cuda:-1", WeightQuantization.None, nameof(NativeEngineOptions.Device))]
    [InlineData(NativeBackend.Torch, "cuda:64", WeightQuantization.None, nameof(NativeEngineOptions.Device))]
    [InlineData(NativeBackend.Cpu, null, WeightQuantization.Int4, null)]
    [InlineData(NativeBackend.Cpu, "cuda", WeightQuantization.Int4, nameof(NativeEngineOptions.Device))]
    [InlineData(NativeBackend.Cuda, null, WeightQuantization.Int4, null)]
    [InlineData(NativeBackend.Cuda, "cuda:3", WeightQuantization.None, null)]
    [InlineData(NativeBackend.Cuda, "cpu", WeightQuantization.None, nameof(NativeEngineOptions.Device))]
    public void Options_DeviceAndBackend_MustFit(NativeBackend backend, string? device, WeightQuantization quantization, string? wrong)
    {
        var options = new NativeEngineOptions { Backend = backend, Device = device, Quantization = quantization };
        var results = new List<ValidationResult>();

        Assert.Equal(wrong is null, Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true));
        Assert.Equal(wrong is null ? [] : [wrong], results.SelectMany(result => result.MemberNames));
    }

    [Theory]
    [InlineData(NativeBackend.Torch, null, "cpu")]
    [InlineData(NativeBackend.Torch, "cuda", "cuda:0")]
    [InlineData(NativeBackend.Cuda, null, "cuda:0")]
    [InlineData(NativeBackend.Cuda, "cuda:3", "cuda:3")]
    [InlineData(NativeBackend.Cpu, null, "cpu")]
    public void Options_Device_IsThatOfTheBackendUnlessNamed(NativeBackend backend, string? device, string expected)
        => Assert.Equal(expected, new NativeEngineOptions { Backend = backend, Device = device }.ComputeDevice.ToString());

    /// <summary>The model's folder does not exist: what is missing of the machine is said before any file is read.</summary>
    [SkippableTheory]
    [InlineData(NativeBackend.Torch, typeof(TorchLibraryException))]
    [InlineData(NativeBackend.Cuda, typeof(CudaException))]
    public async Task Load_OnAGpuThatIsNotThere_IsRefusedBeforeTheModelIsRead(NativeBackend backend, Type error)
    {
        Skip.If(CudaPresence.Probe().IsUsable, "this machine has a GPU");
        await using var engine = Start(new NativeEngineOptions { Backend = backend, Device = "cuda" });

        var thrown = await Assert.ThrowsAsync(error, () => engine.LoadAsync(new ModelReference("none", "/no/such/folder"), null, CancellationToken.None));

        // A driver library may be there all the same: then it is what refuses.
        Assert.Matches(backend == NativeBackend.Torch ? "Worker:Native:Device is cuda:0" : "libcuda.so.1 can't be loaded|cuInit", thrown.Message);
        Assert.Empty(engine.Capabilities.Models);
    }

    [Fact]
    public async Task Generate_TorchInBFloat16_IsAnotherModelAndAnswersAlmostTheSame()
    {
        using var model = new TinyModel();
        var whole = await AnswerAsync(new NativeEngineOptions { Backend = NativeBackend.Torch }, model.Folder);

        var half = await AnswerAsync(new NativeEngineOptions { Backend = NativeBackend.Torch, Device = "cpu", Quantization = WeightQuantization.BFloat16Compute }, model.Folder);

        Assert.NotEqual(whole.Model, half.Model);
        Assert.Equal(ModelFolder.Read(model.Folder, quantization: WeightQuantization.BFloat16Compute).Manifest.Sha256, half.Model.Split(':')[1]);
        Assert.Equal(whole.Ids[0], half.Ids[0]);
    }

    [SkippableTheory]
    [InlineData(WeightQuantization.None)]
    [InlineData(WeightQuantization.Int8)]
    public async Task Generate_ManyTogetherOnOurCudaKernels_GiveTheIdsOfEachAlone(WeightQuantization quantization)
    {
        HostCompiler.SkipIfAbsent();
        using var model = new TinyModel();
        var options = new NativeEngineOptions { Backend = NativeBackend.Cuda, Quantization = quantization, Slots = 6, StepTokens = 16 };
        using var device = new EmulatedDevice();
        await using (var engine = new NativeEngine(options, new CudaDecoderFactory(options, () => device), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance))
        {
            await engine.LoadAsync(new ModelReference("tiny", model.Folder), null, CancellationToken.None);
            var requests = Enumerable.Range(0, 6).Select(i => Enumerable.Range(i, 1 + (i * 7)).ToArray()).ToList();
            var alone = new List<List<int>>();
            for (var i = 0; i < requests.Count; i++)
            {
                alone.Add(await AnswerAsync(engine, requests[i], i));
            }

            Assert.Equal(alone, await Task.WhenAll(requests.Select((request, i) => AnswerAsync(engine, request, i))));
            Assert.True(device.GraphLaunches > 0);
        }

        Assert.Equal(0, device.Taken);
    }

    [Fact]
    public async Task Embed_TorchInBFloat16_PointsAlmostTheSameWay()
    {
        using var model = new TinyEncoder();
        var whole = await EmbedAsync(new NativeEngineOptions { Backend = NativeBackend.Torch }, model.Folder);

        var half = await EmbedAsync(new NativeEngineOptions { Backend = NativeBackend.Torch, Quantization = WeightQuantization.BFloat16Compute }, model.Folder);

        Assert.NotEqual(whole, half);
        Assert.InRange(whole.Zip(half, (left, right) => left * right).Sum(), 0.999, 1.001);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Load_EmbeddingsOnOurCudaKernels_AreRefusedByName(bool decodes)
    {
        using var encoder = new TinyEncoder();
        using var decoder = new TinyFamily("qwen3");
        TinyEncoder.WritePooling(decoder.Folder, "lasttoken", 32);
        var options = new NativeEngineOptions { Backend = NativeBackend.Cuda };
        await using var engine = new NativeEngine(options, new CudaDecoderFactory(options, () => new IdleDevice()), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);

        var error = await Assert.ThrowsAsync<ModelFormatException>(
            () => engine.LoadAsync(new ModelReference("tiny", decodes ? decoder.Folder : encoder.Folder), null, CancellationToken.None));

        Assert.Equal(("config.json", "architectures"), (error.File, error.Field));
    }

    private NativeEngine Start(NativeEngineOptions options) => new(Options.Create(options), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);

    private async Task<(string Model, List<int> Ids)> AnswerAsync(NativeEngineOptions options, string folder)
    {
        await using var engine = Start(options);
        var loaded = await engine.LoadAsync(new ModelReference("tiny", folder), null, CancellationToken.None);
        return (loaded.Id, await AnswerAsync(engine, [5, 6, 7], seed: 0));
    }

    private async Task<float[]> EmbedAsync(NativeEngineOptions options, string folder)
    {
        await using var engine = Start(options);
        await engine.LoadAsync(new ModelReference("tiny", folder), null, CancellationToken.None);
        return (await engine.EmbedAsync(new EmbeddingRequest { Model = "tiny", Inputs = [new[] { 5, 6, 7, 8 }] }, CancellationToken.None)).Vectors[0];
    }

    private static async Task<List<int>> AnswerAsync(NativeEngine engine, int[] prompt, int seed)
    {
        var ids = new List<int>();
        var sampling = seed == 0 ? SamplingOptions.Greedy : new SamplingOptions { Seed = seed, Temperature = 1 };
        var request = new GenerationRequest { Model = "tiny", PromptIds = prompt, Sampling = sampling, MaxCompletionTokens = 12 };
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
