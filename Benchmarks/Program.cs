using System.Text.Json;
using CocoonOrleans.Benchmarks.Attestation;
using CocoonOrleans.Benchmarks.Cluster;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Benchmarks.Gpu;
using CocoonOrleans.Benchmarks.Sealing;
using CocoonOrleans.Benchmarks.Settlement;
using CocoonOrleans.Benchmarks.Tunnel;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Torch;
using CocoonOrleans.Ton.Chain;

// A variable, since a password must not stand in the list of processes.
const string DatabaseVariable = "COCOON_BENCH_DATABASE";

// Progress goes to stderr; stdout carries one JSON object. ./cocoon bench runs this.
if (args is not ["engine" or "gpu" or "attestation" or "sealing" or "settlement" or "tunnel" or "ledger", .. var rest])
{
    Console.Error.WriteLine("usage: CocoonOrleans.Benchmarks engine [--threads N] [--pairs N]");
    Console.Error.WriteLine("       CocoonOrleans.Benchmarks gpu [--model DIR] [--device N] [--quantization none|bfloat16|int8|int4] [--eager]");
    Console.Error.WriteLine("       CocoonOrleans.Benchmarks attestation|sealing|settlement|tunnel [--pairs N]");
    Console.Error.WriteLine($"       CocoonOrleans.Benchmarks ledger [--pairs N]    on the database that the variable {DatabaseVariable} connects to");
    return 2;
}

try
{
    object report = args[0] switch
    {
        "engine" => await new EngineBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
        "gpu" => new GpuBenchmark(GpuBenchmarkOptions.Parse(rest), Console.Error).Run(),
        "tunnel" => await new TunnelBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
        "attestation" => await new AttestationBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
        "ledger" => await new LedgerBenchmark(
            Environment.GetEnvironmentVariable(DatabaseVariable) ?? throw new ArgumentException($"The variable {DatabaseVariable} is not set."), EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
        "settlement" => await new SettlementBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
        _ => await new SealingBenchmark(SealingBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
    };
    Console.Out.WriteLine(JsonSerializer.Serialize(report, report.GetType(), JsonSerializerOptions.Web));
    return 0;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException or CudaException or TorchLibraryException or ModelFormatException or ChainException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
