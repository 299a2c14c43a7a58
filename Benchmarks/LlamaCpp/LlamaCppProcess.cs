using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Benchmarks.Engine;

namespace CocoonOrleans.Benchmarks.LlamaCpp;

/// <summary>llama.cpp in a process of its own, through npm's <c>node-llama-cpp</c>, whose prebuilt library is its best for this processor.</summary>
internal sealed class LlamaCppProcess : IDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "LlamaCpp");

    private readonly Process _process;

    private LlamaCppProcess(Process process) => _process = process;

    /// <summary>Installs the package where it is missing and starts the process.</summary>
    /// <exception cref="InvalidOperationException">npm fails, or node can't be started.</exception>
    public static async Task<LlamaCppProcess> StartAsync()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "node-llama-cpp")))
        {
            using var install = Start("npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund");
            await install.StandardOutput.ReadToEndAsync();
            await install.WaitForExitAsync();
            if (install.ExitCode != 0)
            {
                throw new InvalidOperationException("npm can't install node-llama-cpp; what it says of that stands above");
            }
        }

        return new LlamaCppProcess(Start("node", "bench.mjs"));
    }

    /// <summary>Loads a model in place of the last.</summary>
    public async Task LoadAsync(string file, int threads) => await AskAsync(new { load = file, threads });

    /// <summary>Decodes some tokens behind a prompt.</summary>
    public async Task<StepTimes> DecodeAsync(int prompt, int steps) => Times(await AskAsync(new { decode = new { prompt, steps } }));

    /// <summary>Computes a prompt.</summary>
    public async Task<StepTimes> PrefillAsync(int tokens) => Times(await AskAsync(new { prefill = tokens }));

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Start(string tool, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(tool, arguments) { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{tool} can't be started ({e.Message}); llama.cpp comes by Node.js 20 or later with npm", e);
        }
    }

    private static StepTimes Times(Answer answer) => StepTimes.Of(answer.Wall!, answer.Cpu);

    private async Task<Answer> AskAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("llama.cpp's process has ended; what it says of that stands above");
        return JsonSerializer.Deserialize<Answer>(line)!;
    }

    private sealed record Answer([property: JsonPropertyName("wall")] double[]? Wall, [property: JsonPropertyName("cpu")] double Cpu);
}
