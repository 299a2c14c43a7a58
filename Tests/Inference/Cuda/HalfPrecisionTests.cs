using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Tests.Inference.Cuda.Emulation;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Models;
using TorchSharp;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Inference.Cuda;

/// <summary>What bfloat16 activations, keys and values cost on a real model, the house model on its own kind of dialogues: the numbers stand in docs/cuda.md.</summary>
public sealed class HalfPrecisionTests(ITestOutputHelper output)
{
    [Fact]
    public void Torch_InBFloat16_StaysCloseToFloat32()
    {
        TorchLibrary.Load();
        using var inference = torch.inference_mode();
        var folder = ModelFolder.Read(HouseModelFolder.Path);
        var blocks = folder.Config.ContextTokens / IDecoder.BlockTokens;
        using var exact = new TorchDecoder(folder.Config, folder.Weights, folder.Config.ContextTokens, blocks);
        using var half = new TorchDecoder(folder.Config, folder.Weights, folder.Config.ContextTokens, blocks, new TorchPlace(torch.CPU, torch.bfloat16));

        var distance = LogitDistance.Between(exact, half, HouseDialogues.Take(20));

        output.WriteLine($"torch bfloat16: {distance}");
        Assert.InRange(distance.Divergence, 0, 0.01);
        Assert.InRange(distance.SameBest, 0.97, 1);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cuda_HalfCache_StaysCloseToTheProcessorsKernels(bool halfCache)
    {
        HostCompiler.SkipIfAbsent();
        var folder = ModelFolder.Read(HouseModelFolder.Path);
        var blocks = folder.Config.ContextTokens / IDecoder.BlockTokens;
        using var team = new CpuTeam(2);
        using var exact = new CpuDecoder(folder.Config, folder.Weights, WeightFormat.BFloat16, folder.Config.ContextTokens, blocks, team);
        using var device = new EmulatedDevice();
        using var half = new CudaDecoder(folder.Config, folder.Weights, WeightFormat.BFloat16, folder.Config.ContextTokens, blocks, device, new CudaDecoderSettings { HalfCache = halfCache });

        var distance = LogitDistance.Between(exact, half, HouseDialogues.Take(2));

        output.WriteLine($"cuda, half cache {halfCache}: {distance}");
        Assert.InRange(distance.Divergence, 0, halfCache ? 0.001 : 1e-6);
        Assert.InRange(distance.SameBest, halfCache ? 0.99 : 1, 1);
    }
}
