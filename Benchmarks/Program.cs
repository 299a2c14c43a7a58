using System.Text.Json;
using CocoonOrleans.Benchmarks.Attestation;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Benchmarks.Sealing;

// Progress goes to stderr; stdout carries one JSON object. ./cocoon bench runs this.
if (args is not ["engine" or "attestation" or "sealing", .. var rest])
{
    Console.Error.WriteLine("usage: CocoonOrleans.Benchmarks engine [--threads N] [--pairs N] | attestation [--pairs N] | sealing [--pairs N]");
    return 2;
}

try
{
    var report = args[0] switch
    {
        "engine" => await new EngineBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync(),
        "attestation" => new AttestationBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).Run(),
        _ => new SealingBenchmark(SealingBenchmarkOptions.Parse(rest), Console.Error).Run(),
    };
    Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
    return 0;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
