using System.Text.Json;
using CocoonOrleans.Benchmarks.Engine;

// Progress goes to stderr; stdout carries one JSON object. ./cocoon bench runs this.
if (args is not ["engine", .. var rest])
{
    Console.Error.WriteLine("usage: CocoonOrleans.Benchmarks engine [--threads N] [--pairs N]");
    return 2;
}

try
{
    var report = await new EngineBenchmark(EngineBenchmarkOptions.Parse(rest), Console.Error).RunAsync();
    Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
    return 0;
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
