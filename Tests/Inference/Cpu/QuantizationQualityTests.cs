using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Models;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Inference.Cpu;

/// <summary>What fewer bits cost on a real model, the house model on its own kind of dialogues: the numbers stand in docs/cpu-backend.md.</summary>
public sealed class QuantizationQualityTests : IDisposable
{
    private const int Dialogues = 60;

    private readonly CpuTeam _team = new(2);
    private readonly ITestOutputHelper _output;

    public QuantizationQualityTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => _team.Dispose();

    /// <param name="format">The format.</param>
    /// <param name="divergence">The most that KL(float32 || format) may be in the mean over all positions, in nats.</param>
    /// <param name="agreement">In at least so many positions the best token is the same.</param>
    [Theory]
    [InlineData("BFloat16", 0, 1)] // Its weights are bfloat16 anyway.
    [InlineData("Int8", 1e-3, 0.985)]
    [InlineData("Int4", 0.1, 0.90)]
    public void Logits_AgainstFloat32_StayClose(string format, double divergence, double agreement)
    {
        var folder = ModelFolder.Read(HouseModelFolder.Path);
        using var exact = Make(folder, WeightFormat.Float32);
        using var coarse = Make(folder, Enum.Parse<WeightFormat>(format));

        var distance = LogitDistance.Between(exact, coarse, HouseDialogues.Take(Dialogues));

        _output.WriteLine($"{format}: {distance}");
        Assert.InRange(distance.Divergence, 0, divergence);
        Assert.InRange(distance.SameBest, agreement, 1);
    }

    private CpuDecoder Make(ModelFolder folder, WeightFormat format)
        => new(folder.Config, folder.Weights, format, folder.Config.ContextTokens, folder.Config.ContextTokens / IDecoder.BlockTokens, _team);
}
