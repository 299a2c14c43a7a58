using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary><c>cocoon up</c> as a person runs it, and as it is stopped, killed and started again.</summary>
public sealed class UpCommandTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Up_UntilSigterm_ServesFromReadyOnKeepsItsKeyAndLeavesNoProcess()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Take(1)[0];
        using var up = Cocoon.Start("up", "--data", folder.Path, "--port", $"{port}", "--workers", "1");
        try
        {
            var ready = await ReadyAsync(up);
            Assert.StartsWith($"READY http://127.0.0.1:{port} key=ck_dev.", ready, StringComparison.Ordinal);
            var ids = RunningProcesses.ChildrenOf(up.Id);
            Assert.Equal(3, ids.Count);

            var (exitCode, output, error) = await Cocoon.RunAsync("chat", "What is 3 plus 4?", "--data", folder.Path, "--json");
            Assert.True(exitCode == 0, error);
            Assert.NotEqual("", Cocoon.Json(output).GetProperty("answer").GetString());
            var (_, account, _) = await Cocoon.RunAsync("account", "show", "--data", folder.Path, "--json");
            Assert.Equal("dev", Cocoon.Json(account).GetProperty("accountId").GetString());
            var (secondExit, second, _) = await Cocoon.RunAsync("up", "--data", folder.Path, "--port", $"{port}", "--json");
            Assert.Equal(1, secondExit);
            Assert.Contains("Another network", Cocoon.Json(second).GetProperty("error").GetString(), StringComparison.Ordinal);

            await Signals.TerminateAsync(up.Id);
            await up.WaitForExitAsync().WaitAsync(Deadline);

            Assert.Equal(0, up.ExitCode);
            Assert.Contains("Stopped.", await up.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain(ids, RunningProcesses.IsRunning);
            Assert.Equal(ready.Split("key=")[1], await File.ReadAllTextAsync(Path.Combine(folder.Path, DataFolder.DevelopmentKeyName)));
            Assert.False(File.Exists(Path.Combine(folder.Path, DataFolder.ConnectionName)));
        }
        finally
        {
            up.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Up_SimulatedTdx_ServesAsSimulatedAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Take(1)[0];
        using var up = Cocoon.Start("up", "--data", folder.Path, "--port", $"{port}", "--workers", "1", "--simulated-tdx");
        try
        {
            var ready = await ReadyAsync(up);
            Assert.StartsWith("SIMULATED", await up.StandardOutput.ReadLineAsync().WaitAsync(Deadline), StringComparison.Ordinal);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestHeaders = { { "Authorization", $"Bearer {ready.Split("key=")[1]}" } } };

            var models = JsonElement.Parse(await http.GetByteArrayAsync("/v1/models"));

            Assert.Equal(["simulated"], models.GetProperty("data")[0].GetProperty("trust_tiers").EnumerateArray().Select(tier => tier.GetString()));
            var ids = RunningProcesses.ChildrenOf(up.Id);
            Assert.Equal(4, ids.Count);
            await Signals.TerminateAsync(up.Id);
            await up.WaitForExitAsync().WaitAsync(Deadline);
            Assert.Equal(0, up.ExitCode);
            Assert.DoesNotContain(ids, RunningProcesses.IsRunning);
        }
        finally
        {
            up.Kill(entireProcessTree: true);
        }
    }

    [SkippableFact]
    public async Task Up_SettleKilledAndStartedAgain_GoesOnWithTheSameChainAndBooks()
    {
        await new NpmFolder("the development chain", BuiltArtifacts.Find().Root, "contracts").RequireAsync();
        using var folder = new TemporaryFolder();
        string[] arguments = ["up", "--data", folder.Path, "--port", $"{FreePorts.Take(1)[0]}", "--workers", "1", "--settle", "--simulated-tdx", "--json"];
        JsonElement settlement;
        string channel;
        long earned;
        using (var up = Cocoon.Start(arguments))
        {
            try
            {
                settlement = JsonElement.Parse((await up.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!).GetProperty("settlement");
                Assert.Equal(5, RunningProcesses.ChildrenOf(up.Id).Count);
                await ChatAsync(folder);
                var earnings = await EarningsAsync(folder, "a channel that holds coins", seen => Nano(seen, "promisedNano") > 0);
                (channel, earned) = (earnings.GetProperty("channel").GetString()!, Nano(earnings, "earnedNano"));
                var ids = RunningProcesses.ChildrenOf(up.Id);
                foreach (var id in ids)
                {
                    Process.GetProcessById(id).Kill();
                }

                up.Kill();
                await Eventually.SeeAsync("no process is left", () => ids.Count(RunningProcesses.IsRunning), left => left == 0, Deadline);
            }
            finally
            {
                up.Kill(entireProcessTree: true);
            }
        }

        using var again = Cocoon.Start(arguments);
        try
        {
            var second = JsonElement.Parse((await again.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!).GetProperty("settlement");
            Assert.Equal(settlement.GetProperty("payoutAddress").GetString(), second.GetProperty("payoutAddress").GetString());
            await ChatAsync(folder);

            // The same channel, whose deposit the chain still knows, and a higher voucher over it.
            var last = await EarningsAsync(folder, "a voucher of both answers", seen => Nano(seen, "promisedNano") > earned && Nano(seen, "promisedNano") == Nano(seen, "earnedNano"));
            Assert.Equal(channel, last.GetProperty("channel").GetString());
            Assert.Equal(settlement.GetProperty("registry").GetString(), second.GetProperty("registry").GetString());
            await RevokeImageAsync(folder, second);
            await Signals.TerminateAsync(again.Id);
            await again.WaitForExitAsync().WaitAsync(Deadline);
            Assert.Equal(0, again.ExitCode);
        }
        finally
        {
            again.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The registry's owner revokes the image, by files as owners of a real network do: the worker that runs it is let go of, and told why.</summary>
    private static async Task RevokeImageAsync(TemporaryFolder folder, JsonElement settlement)
    {
        var (keys, chain) = (settlement.GetProperty("keys").GetString()!, settlement.GetProperty("chain").GetString()!);
        var passphrase = Path.Combine(keys, "passphrase");
        string[] target = ["--registry", settlement.GetProperty("registry").GetString()!, "--chain", chain, "--network", "development"];
        var paper = Path.Combine(folder.Path, "removal.json");
        var before = await RegistryAsync(["show", .. target]);
        var image = before.GetProperty("images").EnumerateArray().Single().GetProperty("id").GetString()!;
        using (var http = new HttpClient())
        {
            var key = await File.ReadAllTextAsync(Path.Combine(keys, "provider-wallet.key"));
            var wallet = new WalletV5R1(new PublicKey(Bits256.Parse(JsonElement.Parse(key).GetProperty("publicKey").GetString(), "publicKey")), TonNetwork.Development);
            using var gift = await http.PostAsJsonAsync(new Uri(new Uri(chain), "dev_faucet"), new { address = wallet.Address.ToString(), amount = "1000000000" });
            gift.EnsureSuccessStatusCode();
        }

        await RegistryAsync(["propose", "remove-image", image, .. target, "--out", paper]);
        await RegistryAsync(["sign", paper, "--key", Path.Combine(keys, "registry-owner.key"), "--passphrase-file", passphrase]);
        var sent = await RegistryAsync(["send", paper, "--chain", chain, "--key", Path.Combine(keys, "provider-wallet.key"), "--passphrase-file", passphrase]);
        Assert.Equal(("applied", before.GetProperty("version").GetInt32() + 1), (sent.GetProperty("done").GetString(), sent.GetProperty("version").GetInt32()));

        await Eventually.SeeAsync(
            "the worker is told why",
            () => File.ReadAllText(Path.Combine(folder.Path, "logs", "worker-1.log")),
            log => log.Contains("not_listed", StringComparison.Ordinal) && log.Contains($"image {image} is not listed", StringComparison.Ordinal),
            Deadline);
    }

    private static async Task<JsonElement> RegistryAsync(string[] arguments)
    {
        var (exitCode, output, error) = await Cocoon.RunAsync(["registry", .. arguments, "--json"]);
        Assert.True(exitCode == 0, output + error);
        return Cocoon.Json(output);
    }

    [Fact]
    public async Task Up_KilledWithoutAWord_ItsProcessesStopByThemselves()
    {
        using var folder = new TemporaryFolder();
        using var up = Cocoon.Start("up", "--data", folder.Path, "--port", $"{FreePorts.Take(1)[0]}", "--workers", "1", "--json");
        try
        {
            var result = JsonDocument.Parse((await up.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!).RootElement;
            Assert.StartsWith("ck_dev.", result.GetProperty("key").GetString(), StringComparison.Ordinal);
            var ids = RunningProcesses.ChildrenOf(up.Id);
            Assert.Equal(3, ids.Count);

            up.Kill();

            await Eventually.SeeAsync("no process is left", () => ids.Count(RunningProcesses.IsRunning), left => left == 0, TimeSpan.FromSeconds(45));
        }
        finally
        {
            up.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Up_PortIsTaken_SaysWhichAndHowToChooseAnother()
    {
        using var folder = new TemporaryFolder();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        var (exitCode, output, _) = await Cocoon.RunAsync("up", "--data", folder.Path, "--port", $"{port}", "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains($"{port}", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("--port", Cocoon.Json(output).GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_ModelThatCantBeRead_SaysWhichFile()
    {
        using var folder = new TemporaryFolder();
        using var model = new TemporaryFolder();

        var (exitCode, output, _) = await Cocoon.RunAsync("up", "--data", folder.Path, "--port", $"{FreePorts.Take(1)[0]}", "--model", model.Path, "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains("config.json", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_SiloDiesAtStart_SaysWhyWithoutStackFramesAndLeavesNoProcess()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(new DataFolder(folder.Path).Folder("silo"), "ledger.db"), "This is no database at all.");

        var (exitCode, output, error) = await Cocoon.RunAsync("up", "--data", folder.Path, "--port", $"{FreePorts.Take(1)[0]}", "--workers", "1", "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains("silo ended", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("not a database", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(RunningProcesses.WithArgument(folder.Path));
    }

    private static async Task ChatAsync(TemporaryFolder folder)
    {
        var (exitCode, _, error) = await Cocoon.RunAsync("chat", "What is 3 plus 4?", "--data", folder.Path, "--json");
        Assert.True(exitCode == 0, error);
    }

    private static Task<JsonElement> EarningsAsync(TemporaryFolder folder, string what, Func<JsonElement, bool> isThere) => Eventually.SeeAsync(
        what,
        async () =>
        {
            var (exitCode, output, error) = await Cocoon.RunAsync("worker", "earnings", "--data", folder.Path, "--json");
            Assert.True(exitCode == 0, error);
            return Cocoon.Json(output);
        },
        isThere,
        Deadline);

    private static long Nano(JsonElement json, string name) => long.Parse(json.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> ReadyAsync(Process up)
    {
        while (await up.StandardOutput.ReadLineAsync().WaitAsync(Deadline) is { } line)
        {
            if (line.StartsWith("READY ", StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new Xunit.Sdk.XunitException($"It ended without being ready: {await up.StandardError.ReadToEndAsync()}");
    }
}
