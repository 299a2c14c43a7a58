using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.HouseModel;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>Answers of the house model, checked by the same weights on two backends, and by others.</summary>
public sealed class NativeEngineAuditTests : IDisposable
{
    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(NativeBackend.Cpu)]
    [InlineData(NativeBackend.Torch)]
    public async Task Audit_HonestAnswers_AreConsistent(NativeBackend auditor)
    {
        await using var worker = await StartAsync(NativeBackend.Cpu);
        await using var engine = await StartAsync(auditor);
        for (var seed = 1; seed <= 10; seed++)
        {
            var audit = await AnswerAsync(worker, Sampling(seed));

            var report = await engine.AuditAsync(audit, CancellationToken.None);

            Assert.Equal(AuditVerdict.Consistent, report.Verdict);
            Assert.Equal(0, report.WrongDraws);
            Assert.Equal(audit.CompletionIds.Length, report.Logprobs.Count);
            Assert.InRange(report.LargestDifference!.Value, 0, 1e-3);
        }
    }

    [Fact]
    public async Task Audit_GreedyAnswerWithoutLogprobs_IsCheckedByItsTokens()
    {
        await using var engine = await StartAsync(NativeBackend.Cpu);
        var audit = await AnswerAsync(engine, SamplingOptions.Greedy) with { Logprobs = null };

        Assert.Equal(AuditVerdict.Consistent, (await engine.AuditAsync(audit, CancellationToken.None)).Verdict);

        var edited = audit.CompletionIds.ToArray();
        (edited[2], edited[4]) = (edited[4], edited[2] == edited[4] ? edited[2] + 1 : edited[2]);
        var report = await engine.AuditAsync(audit with { CompletionIds = edited }, CancellationToken.None);
        Assert.Equal(AuditVerdict.OtherDraws, report.Verdict);
        Assert.Null(report.LargestDifference);
    }

    [Theory]
    [InlineData(WeightQuantization.Int8)]
    [InlineData(WeightQuantization.Int4)]
    public async Task Audit_AnswerOfCoarserWeights_IsCaught(WeightQuantization quantization)
    {
        await using var cheap = await StartAsync(NativeBackend.Cpu, quantization);
        await using var engine = await StartAsync(NativeBackend.Cpu);

        for (var seed = 1; seed <= 5; seed++)
        {
            var report = await engine.AuditAsync(await AnswerAsync(cheap, Sampling(seed)), CancellationToken.None);

            Assert.Equal(AuditVerdict.OtherLogprobs, report.Verdict);
            Assert.True(report.MeanDifference > 2 * AuditTolerance.Default.MeanLogprob, $"{report.MeanDifference}");
        }
    }

    /// <summary>A model of the same shape and vocabulary that was trained a little further, or is another altogether.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    public async Task Audit_AnswerOfAnotherModel_IsCaught(double distance)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(HouseModelFolder.Path, "*.json").Where(file => !file.EndsWith(".index.json", StringComparison.Ordinal)))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        var (weights, random) = (new SafetensorsWriter(), new Random(1));
        foreach (var (name, tensor) in ModelFolder.Read(HouseModelFolder.Path).Weights)
        {
            var spread = Math.Sqrt(tensor.Values.Average(value => (double)value * value));
            weights.Add(name, [.. tensor.Shape], [.. tensor.Values.Select(value => (float)((value * (1 - distance)) + (distance * spread * ((random.NextDouble() * 2) - 1))))]);
        }

        File.WriteAllBytes(folder.File("model.safetensors"), weights.ToBytes());
        await using var other = await StartAsync(NativeBackend.Cpu, folder: folder.Path);
        await using var engine = await StartAsync(NativeBackend.Cpu);

        for (var seed = 1; seed <= 5; seed++)
        {
            var report = await engine.AuditAsync(await AnswerAsync(other, Sampling(seed)), CancellationToken.None);

            Assert.Equal(AuditVerdict.OtherLogprobs, report.Verdict);
        }
    }

    [Fact]
    public async Task Audit_TruncatedPromptOrEditedText_IsCaught()
    {
        await using var engine = await StartAsync(NativeBackend.Cpu);
        var audit = await AnswerAsync(engine, Sampling(3));

        var truncated = await engine.AuditAsync(audit with { Request = audit.Request with { PromptIds = audit.Request.PromptIds[3..] } }, CancellationToken.None);
        var edited = audit.CompletionIds.ToArray();
        edited[edited.Length / 2] = edited[edited.Length / 2] == 300 ? 301 : 300;
        var changed = await engine.AuditAsync(audit with { CompletionIds = edited }, CancellationToken.None);

        Assert.Equal(AuditVerdict.OtherLogprobs, truncated.Verdict);
        Assert.Equal(AuditVerdict.OtherLogprobs, changed.Verdict);
    }

    [Fact]
    public async Task Audit_NothingToCompare_IsInconclusive()
    {
        await using var engine = await StartAsync(NativeBackend.Cpu);
        var audit = await AnswerAsync(engine, Sampling(1));

        var report = await engine.AuditAsync(
            audit with
            {
                Logprobs = null,
                Request = audit.Request with { Sampling = audit.Request.Sampling with { Seed = null } },
            },
            CancellationToken.None);

        Assert.Equal(AuditVerdict.Inconclusive, report.Verdict);
    }

    [Fact]
    public async Task Audit_BadRequest_NamesTheField()
    {
        await using var engine = await StartAsync(NativeBackend.Cpu);
        var audit = await AnswerAsync(engine, Sampling(1));

        Assert.Equal("CompletionIds", await FieldAsync(audit with { CompletionIds = default }));
        Assert.Equal("CompletionIds", await FieldAsync(audit with { CompletionIds = new[] { -1 }, Logprobs = null }));
        Assert.Equal("CompletionIds", await FieldAsync(audit with { CompletionIds = new int[600], Logprobs = null }));
        Assert.Equal("Logprobs", await FieldAsync(audit with { Logprobs = [1] }));
        Assert.Equal("Model", await FieldAsync(audit with { Request = audit.Request with { Model = "other" } }));

        async Task<string?> FieldAsync(AuditRequest request)
            => (await Assert.ThrowsAsync<EngineRefusalException>(() => engine.AuditAsync(request, CancellationToken.None))).Refusal.Field;
    }

    private static SamplingOptions Sampling(int seed) => new()
    {
        Temperature = 1,
        TopP = 0.95,
        PresencePenalty = 0.2,
        Seed = seed,
        TopLogprobs = 0,
    };

    private static async Task<AuditRequest> AnswerAsync(NativeEngine engine, SamplingOptions sampling)
    {
        var request = new GenerationRequest
        {
            Model = "house",
            PromptIds = engine.Capabilities.Models[0].Tokenizer.Encode("A story about a gateway, a worker and 12 + 30 tokens:", addSpecialTokens: false),
            MaxCompletionTokens = 60,
            StopIds = [],
            Sampling = sampling with { TopLogprobs = 0 },
        };
        var ids = new List<int>();
        var logprobs = new List<double>();
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            if (step is TokenGenerated token)
            {
                ids.Add(token.Id);
                logprobs.Add(token.Logprobs!.Logprob);
            }
        }

        return new AuditRequest
        {
            Request = request,
            CompletionIds = ids.ToArray(),
            Logprobs = logprobs,
        };
    }

    private async Task<NativeEngine> StartAsync(NativeBackend backend, WeightQuantization quantization = WeightQuantization.None, string? folder = null)
    {
        var options = new NativeEngineOptions
        {
            Backend = backend,
            Quantization = quantization,
            MaximumContextTokens = 512,
        };
        var engine = new NativeEngine(Microsoft.Extensions.Options.Options.Create(options), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("house", folder ?? HouseModelFolder.Path), null, CancellationToken.None);
        return engine;
    }
}
