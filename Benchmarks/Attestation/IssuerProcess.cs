using System.Diagnostics;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Benchmarks.Attestation;

/// <summary>The simulated issuer as a process of its own: this one may not have its code.</summary>
internal sealed class IssuerProcess : IDisposable
{
    private const string Ready = "SIMULATED - NOT CONFIDENTIAL";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-bench-");
    private readonly Process _process;
    private readonly HttpClient _http;

    private IssuerProcess()
    {
        Socket = Path.Combine(_folder.FullName, "quotes.sock");
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Assembly());
        start.ArgumentList.Add($"--Simulated:Socket={Socket}");
        start.ArgumentList.Add("--Simulated:ExitWithParent=true");
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        _process = Process.Start(start) ?? throw new IOException("The simulated issuer did not start.");
        _http = new HttpClient(QuoteServiceSocket.CreateHandler(Socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
    }

    /// <summary>Where it serves.</summary>
    public string Socket { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    /// <exception cref="IOException">It is not built, or ends at once.</exception>
    public static async Task<IssuerProcess> StartAsync()
    {
        var issuer = new IssuerProcess();
        try
        {
            while (await issuer._process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.StartsWith(Ready, StringComparison.Ordinal))
                {
                    return issuer;
                }
            }

            throw new IOException("The simulated issuer ended before it served.");
        }
        catch
        {
            issuer.Dispose();
            throw;
        }
    }

    /// <summary>What must be believed for its quotes.</summary>
    public async Task<TrustAnchor> AnchorAsync()
    {
        using var anchor = JsonDocument.Parse(await _http.GetStringAsync("anchor"));
        return TrustAnchor.Simulated(anchor.RootElement.GetProperty("root").GetString()!, anchor.RootElement.GetProperty("qeVendorId").GetString()!);
    }

    /// <summary>The collateral that its quotes are judged by.</summary>
    public async Task<Collateral> CollateralAsync() => Collateral.TryParse(await _http.GetByteArrayAsync("collateral"), out var collateral, out var refusal)
        ? collateral!
        : throw new InvalidOperationException($"The collateral was refused: {refusal}");

    /// <summary>The image that its TDs measure.</summary>
    public async Task<ImageManifest> ImageAsync() => ImageManifest.TryParse(await _http.GetByteArrayAsync("image"), out var image, out var refusal)
        ? image!
        : throw new InvalidOperationException($"The image was refused: {refusal}");

    /// <summary>The event log of its TDs' firmware.</summary>
    public Task<byte[]> BootLogAsync() => _http.GetByteArrayAsync("ccel");

    public void Dispose()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    // artifacts/bin/Benchmarks/release -> artifacts/bin/Attestation.Simulated/release
    private static string Assembly()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(own.Parent!.Parent!.FullName, "Attestation.Simulated", own.Name, "CocoonOrleans.Attestation.Simulated.dll");
        return File.Exists(path) ? path : throw new IOException($"{path} is not built: ./cocoon builds it.");
    }
}
