using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using TorchSharp;

namespace CocoonOrleans.Benchmarks.Gpu;

/// <summary>Our CUDA kernels on a GPU: whether their logits are right, and how far their speed is from the limit that the memory sets. Run it first on a new kind of GPU.</summary>
/// <param name="options">What.</param>
/// <param name="progress">Told what is under way.</param>
internal sealed class GpuBenchmark(GpuBenchmarkOptions options, TextWriter progress)
{
    private const long BandwidthBytes = 1L << 30;
    private const int Prompt = 32;
    private const int Steps = 48;
    private const int ComparedTokens = 96;

    private static readonly int[] Streams = [1, 2, 4, 8, 16, 32];

    /// <summary>Measures on the GPU that the options name.</summary>
    /// <exception cref="CudaException">It can't be used.</exception>
    public GpuBenchmarkReport Run()
    {
        var cuda = new CudaOptions();
        using var device = new CudaDevice(options.Device, cuda);
        var presence = CudaPresence.Probe(cuda);
        var gpu = $"{presence.Gpus[options.Device].Name}, compute capability {presence.Gpus[options.Device].ComputeCapability / 10.0:0.0}, driver for CUDA {presence.DriverVersion}, NVRTC {presence.CompilerVersion}";
        return Run(device, gpu, Math.Min(BandwidthBytes, device.FreeBytes / 4), Streams, Steps);
    }

    /// <summary>Measures on a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="gpu">What it is.</param>
    /// <param name="bandwidthBytes">How much memory is read to measure its speed.</param>
    /// <param name="streams">How many sequences decode at once.</param>
    /// <param name="steps">How many tokens each of them.</param>
    internal GpuBenchmarkReport Run(ICudaDevice device, string gpu, long bandwidthBytes, IReadOnlyList<int> streams, int steps)
    {
        var at = TimeProvider.System.GetUtcNow();
        progress.WriteLine("reading the model");
        var model = ModelFolder.Read(options.Model ?? new RandomModel(RandomModel.DefaultFolder()).Folder, quantization: options.Quantization);
        progress.WriteLine("bandwidth");
        var bandwidth = GpuBandwidth.Measure(device, bandwidthBytes, times: 5);
        int[] ids = [.. Enumerable.Range(0, Math.Min(ComparedTokens, model.Config.ContextTokens)).Select(i => ((i * 37) + 5) % model.Config.VocabularySize)];
        var (agreements, rates, notes) = (new List<GpuAgreement>(), new List<GpuRate>(), new List<string>());

        progress.WriteLine("logits");
        using var ours = Make(device, model, streams.Max(), graphs: true);
        var logits = GpuAgreement.LogitsOf(ours, ids);
        using (var team = new CpuTeam(Environment.ProcessorCount))
        using (var processor = new CpuDecoder(model.Config, model.Weights, Format, model.Config.ContextTokens, DecoderRun.BlocksPerSequence, team))
        {
            agreements.Add(GpuAgreement.Between("our kernels on the processor", GpuAgreement.LogitsOf(processor, ids), logits, ours.VocabularySize));
        }

        if (options.Eager)
        {
            CompareEager(model, ids, logits, agreements, rates, notes, steps);
        }

        var (together, byGraph) = (SameBitsTogether(ours, ids), SameBitsByGraph(device, model, ours, ids));
        foreach (var count in streams)
        {
            progress.WriteLine($"decoding {count}");
            using var decoder = Make(device, model, count, graphs: true);
            using var run = new DecoderRun(decoder, count);
            var time = run.Decode(Prompt, steps).Wall;
            rates.Add(new GpuRate($"decode {count}", time, count / time * 1000, decoder.WeightBytes / bandwidth * 1000 / time));
        }

        var prefill = Math.Min(512, model.Config.ContextTokens);
        using (var run = new DecoderRun(Make(device, model, 1, graphs: true)))
        {
            run.Prefill(prefill);
            var time = run.Prefill(prefill).Wall;
            rates.Add(new GpuRate($"prefill {prefill}", time, prefill / time * 1000, null));
        }

        return new GpuBenchmarkReport(gpu, $"sha256:{model.Manifest.Sha256}", bandwidth / 1e9, together, byGraph, agreements, rates, at, notes);
    }

    private WeightFormat Format => options.Quantization.ToFormat() ?? WeightFormat.Float32;

    private CudaDecoder Make(ICudaDevice device, ModelFolder model, int sequences, bool graphs) => new(
        model.Config,
        model.Weights,
        Format,
        model.Config.ContextTokens,
        DecoderRun.BlocksPerSequence * sequences,
        device,
        new CudaDecoderSettings { Graphs = graphs, Threads = Environment.ProcessorCount });

    private void CompareEager(ModelFolder model, int[] ids, float[] logits, List<GpuAgreement> agreements, List<GpuRate> rates, List<string> notes, int steps)
    {
        progress.WriteLine("libtorch");
        if (!TorchLibrary.Load().Cuda)
        {
            notes.Add("libtorch was not compared: there is no libtorch_cuda.so; see docs/cuda.md for builds with one");
            return;
        }

        torch.InitializeDeviceType(DeviceType.CUDA);
        using var inference = torch.inference_mode();
        foreach (var numbers in (torch.ScalarType[])[torch.float32, torch.bfloat16])
        {
            var place = new TorchPlace(torch.device(DeviceType.CUDA, options.Device), numbers);
            var decoder = new TorchDecoder(model.Config, model.Weights, model.Config.ContextTokens, DecoderRun.BlocksPerSequence, place);
            using var run = new DecoderRun(decoder);
            agreements.Add(GpuAgreement.Between($"libtorch {numbers}", GpuAgreement.LogitsOf(decoder, ids), logits, decoder.VocabularySize));
            var time = run.Decode(Prompt, steps).Wall;
            rates.Add(new GpuRate($"libtorch {numbers}, decode 1", time, 1000 / time, null));
        }
    }

    private static bool SameBitsTogether(CudaDecoder decoder, int[] ids)
    {
        var alone = Last(decoder, [ids]);
        var together = Last(decoder, [ids, ids[..7], ids[..20]]);
        return alone.AsSpan().SequenceEqual(together.AsSpan(0, alone.Length));
    }

    private bool SameBitsByGraph(ICudaDevice device, ModelFolder model, CudaDecoder recorded, int[] ids)
    {
        using var plain = Make(device, model, 1, graphs: false);
        return Enumerable.Range(0, 4).All(_ => Last(recorded, [ids]).AsSpan().SequenceEqual(Last(plain, [ids])));
    }

    /// <summary>The logits after the last token of some sequences, that token computed in one step for all of them.</summary>
    private static float[] Last(CudaDecoder decoder, int[][] sequences)
    {
        var tables = sequences.Select(_ => new BlockTable()).ToList();
        var block = 0;
        var (prompts, last) = (new StepBatch(sequences.Sum(ids => ids.Length)), new StepBatch(sequences.Length));
        for (var i = 0; i < sequences.Length; i++)
        {
            while (tables[i].Capacity < sequences[i].Length)
            {
                tables[i].Add(block++);
            }

            prompts.Add(sequences[i].AsSpan(..^1), 0, tables[i], 0);
            last.Add(sequences[i].AsSpan(^1..), sequences[i].Length - 1, tables[i], 1);
        }

        var logits = new float[sequences.Length * decoder.VocabularySize];
        decoder.Compute(prompts, []);
        decoder.Compute(last, logits);
        return logits;
    }
}
