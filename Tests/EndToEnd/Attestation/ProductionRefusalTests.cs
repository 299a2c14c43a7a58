using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>Processes that are told to believe a real, running simulated issuer in Production: none of them starts. A silo has no anchor to be told of, and a key broker's refusals are tested with it.</summary>
public sealed class ProductionRefusalTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private SupervisedProcess _issuer = null!;

    private string Socket => Path.Combine(_folder.Path, "tdx.sock");

    private string Anchor => Path.Combine(_folder.Path, "anchor.json");

    private string Image => Path.Combine(_folder.Path, "image.cbor");

    public async Task InitializeAsync()
    {
        _issuer = Process("issuer", "Attestation.Simulated", "--environment=Development", $"--Simulated:Socket={Socket}", "--Simulated:ExitWithParent=true");
        await _issuer.StartAsync(CancellationToken.None);
        using var http = new HttpClient(QuoteServiceSocket.CreateHandler(Socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
        await File.WriteAllBytesAsync(Anchor, await http.GetByteArrayAsync("anchor"));
        await File.WriteAllBytesAsync(Image, await http.GetByteArrayAsync("image"));
    }

    public async Task DisposeAsync() => await _issuer.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gateway_ToldOfASimulatedAnchor_DoesNotStart() => Assert.Contains(
        "Gateway:Attestation:SimulatedAnchorFile must be absent in Production",
        await RefusalAsync(
            "Gateway",
            $"--Gateway:Listen=127.0.0.1:{FreePorts.Take(1)[0]}",
            $"--Gateway:DataFolder={_folder.Path}",
            $"--Tunnel:IdentityFolder={Path.Combine(_folder.Path, "identity")}",
            "--Gateway:ExitWithParent=true",
            $"--Gateway:Attestation:SimulatedAnchorFile={Anchor}",
            $"--Gateway:Attestation:CollateralSocket={Socket}"),
        StringComparison.Ordinal);

    [Fact]
    public async Task Worker_ToldThatItsQuotesAreSimulated_DoesNotStart() => Assert.Contains(
        "Worker:Quotes:IsSimulated must be false in Production",
        await RefusalAsync(
            "WorkerHost",
            "--Worker:ProviderId=anna",
            $"--Worker:DataFolder={_folder.Path}",
            "--Worker:ExitWithParent=true",
            "--Worker:Gateways:0:Address=127.0.0.1:1",
            $"--Worker:Gateways:0:Key={new string('a', 64)}",
            "--Worker:Models:0:Name=house",
            "--Worker:Models:0:Folder=models/house",
            $"--Worker:Quotes:Socket={Socket}",
            "--Worker:Quotes:IsSimulated=true",
            "--Worker:Quotes:Measures=false"),
        StringComparison.Ordinal);

    [Fact]
    public async Task Issuer_DoesNotStart() => Assert.Contains(
        "does not start in Production", await RefusalAsync("Attestation.Simulated", $"--Simulated:Socket={Path.Combine(_folder.Path, "other.sock")}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Production", false)]
    [InlineData("production", false)]
    [InlineData("Development", true)]
    public async Task Proxy_ToldOfASimulatedAnchor_StartsOutsideOfProductionAlone(string environment, bool starts)
    {
        string[] arguments =
        [
            "proxy", "--port", $"{FreePorts.Take(1)[0]}", "--gateway", "http://127.0.0.1:1/", "--key", "ck_x", "--tier", "simulated", "--image", Image, "--collateral-socket", Socket,
            "--floors", Path.Combine(_folder.Path, "floors.json"), "--receipts", Path.Combine(_folder.Path, "receipts"), "--simulated-anchor", Anchor, "--token", "short", "--json",
        ];

        // The token is too short, so that one that would start ends too.
        var (exitCode, output, _) = await Cocoon.RunInAsync(environment, arguments);

        Assert.Equal(1, exitCode);
        string error = Cocoon.Json(output).GetRawText();
        Assert.Equal(starts, !error.Contains("no simulated issuer is believed", StringComparison.Ordinal));
        Assert.Equal(starts, error.Contains("A token has at least", StringComparison.Ordinal));
    }

    private async Task<string> RefusalAsync(string project, params string[] settings)
    {
        await using SupervisedProcess process = Process($"production-{project}", project, ["--environment=Production", .. settings]);
        await Assert.ThrowsAsync<CommandFailedException>(() => process.StartAsync(CancellationToken.None));
        Assert.Equal(2, await process.Current.Exited);
        return string.Join('\n', process.Current.LastLines);
    }

    private SupervisedProcess Process(string name, string project, params string[] settings) => new(
        new ChildProcessSpec(name, BuiltArtifacts.Find().Assembly(project), settings, Path.Combine(_folder.Path, $"{name}.log")), Deadline, TimeProvider.System);
}
