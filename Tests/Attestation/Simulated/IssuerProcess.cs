using System.Diagnostics;
using CocoonOrleans.Attestation.Simulated.Worlds;

namespace CocoonOrleans.Tests.Attestation.Simulated;

/// <summary>The simulated issuer as a process of its own.</summary>
internal sealed class IssuerProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(100);

    private readonly Process _process;

    private IssuerProcess(Process process) => _process = process;

    /// <summary>Starts it; <see cref="ReadyAsync"/> or <see cref="EndAsync"/> waits for what becomes of it.</summary>
    /// <param name="environment">What DOTNET_ENVIRONMENT says; null for nothing.</param>
    /// <param name="settings">Its command line.</param>
    public static IssuerProcess Start(string? environment, params string[] settings)
    {
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        if (environment is not null)
        {
            start.Environment["DOTNET_ENVIRONMENT"] = environment;
        }

        foreach (var argument in (string[])[typeof(SimulatedWorld).Assembly.Location, .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        return new IssuerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it serves.</summary>
    public async Task ReadyAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("SIMULATED - NOT CONFIDENTIAL", StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The issuer ended: {await _process.StandardError.ReadToEndAsync(deadline.Token)}");
    }

    /// <summary>Waits until it has ended.</summary>
    public async Task<(int ExitCode, string Error)> EndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var error = await _process.StandardError.ReadToEndAsync(deadline.Token);
        await _process.WaitForExitAsync(deadline.Token);
        return (_process.ExitCode, error);
    }

    /// <summary>Ends its standard input, as when whoever started it is gone.</summary>
    public void Leave() => _process.StandardInput.Close();

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
