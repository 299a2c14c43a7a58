using System.Text.Json;
using CocoonOrleans.Benchmarks.Attestation;
using CocoonOrleans.Benchmarks.Engine;

// Progress goes to stderr; stdout carries one JSON object. ./cocoon bench runs this.
if (args is not ["engine" or "attestation", .. var rest])
{
    Console.Error.WriteLine("usage: CocoonOrleans.Benchmarks engine|attestation [--threads N] [--pairs N]");
    return 2;
}

try
{
    var options = EngineBenchmarkOptions.Parse(rest);
    var report = args[0] == "engine" ? await new EngineBenchmark(options, Console.Error).RunAsync() : new AttestationBenchmark(options, Console.Error).Run();
    Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
    return 0;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
