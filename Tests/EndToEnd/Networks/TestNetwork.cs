using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ledger.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>A network of real processes in a folder of its own. Its end is in order, and then every rule of the book is checked.</summary>
public sealed class TestNetwork : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly AdminClient _admin;

    private TestNetwork(TemporaryFolder folder, LocalNetwork processes, DataFolder data, string key)
    {
        _folder = folder;
        Processes = processes;
        Data = data;
        Key = key;
        _admin = AdminClient.Of(processes.Topology.AdminUrl, data);
        Ledger = new LedgerFile(LedgerPath);
    }

    public LocalNetwork Processes { get; }

    public DataFolder Data { get; }

    public LedgerFile Ledger { get; }

    public Uri Url => Processes.Topology.Url;

    public string Model => Processes.Topology.Model.Name;

    /// <summary>The development account's API key.</summary>
    public string Key { get; }

    private string LedgerPath => Path.Combine(Data.Path, "silo", "ledger.db");

    public static async Task<TestNetwork> StartAsync(Func<LocalNetworkOptions, Task<LocalNetworkOptions>>? change = null)
    {
        var folder = new TemporaryFolder();
        var artifacts = BuiltArtifacts.Find();
        var options = new LocalNetworkOptions
        {
            Artifacts = artifacts,
            Data = new DataFolder(folder.Path),
            ModelName = HouseModelFolder.Name,
            ModelFolder = HouseModelFolder.Path(artifacts),
            Port = FreePorts.Take(1)[0],
        };
        options = change is null ? options : await change(options);

        // Which of two idle workers gets a job is what many tests go by: always the one that asks less.
        options = options with { GatewaySettings = ["--Gateway:Spread:NewcomersPercent=0", "--Gateway:Spread:MostSharePercent=100", .. options.GatewaySettings] };
        var processes = LocalNetwork.Create(options, TimeProvider.System);
        var key = await new NetworkStart(processes, options, TimeProvider.System).RunAsync(
            new CommandOutput(json: false, TextWriter.Null, TextWriter.Null), CancellationToken.None);
        return new TestNetwork(folder, processes, options.Data, key);
    }

    public Task<NewAccount> CreateAccountAsync(string label = "test") => _admin.CreateAccountAsync(label, CancellationToken.None);

    public AdminClient Admin => _admin;

    /// <summary>A client of the API without any wrapping.</summary>
    public HttpClient OpenHttp(string? key = null) => new()
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key ?? Key) },
    };

    /// <summary>Asks and reads the whole stream.</summary>
    public async Task<ChatAnswer> AskAsync(string text, string? key = null, Action<string>? onText = null, int? maxTokens = null)
    {
        using var http = OpenHttp();
        var question = ChatQuestion.Ask(Model, text) with { Seed = 1, MaxCompletionTokens = maxTokens };
        return await new ChatClient(http, key ?? Key, TimeProvider.System).AskAsync(question, onText ?? (_ => { }), CancellationToken.None);
    }

    /// <summary>The model, as the gateway shows it to clients.</summary>
    public async Task<JsonElement> ModelAsync()
    {
        using var http = OpenHttp();
        return JsonElement.Parse(await http.GetByteArrayAsync($"/v1/models/{Model}"));
    }

    /// <summary>Waits until so many workers offer the model.</summary>
    public Task OffersAsync(int count) => Eventually.SeeAsync(
        $"{count} offers of {Model}",
        async () => (await ModelAsync()).GetProperty("offers").GetProperty("count").GetInt32(),
        offers => offers == count,
        TimeSpan.FromSeconds(60));

    /// <summary>
    /// Waits until every worker takes jobs as if nothing had happened: one that failed in a row rests, and is back after one good answer. So a test is not
    /// disturbed by what an earlier one did to the workers.
    /// </summary>
    public async Task RestedAsync()
    {
        await OffersAsync(Processes.Workers.Count);
        await Eventually.SeeAsync(
            "every slot of every worker free",
            async () =>
            {
                await ServesAgainAsync();
                foreach (var worker in Processes.Topology.Workers)
                {
                    // Who has failed before wins no auction against who has not, so it is asked by name.
                    using var http = OpenHttp();
                    using var answer = await http.PostAsJsonAsync("/v1/chat/completions", new
                    {
                        model = Model,
                        messages = new[] { new { role = "user", content = "hello" } },
                        max_completion_tokens = 8,
                        provider = new { only = new[] { worker.Id } },
                    });
                }

                var offers = (await ModelAsync()).GetProperty("offers");
                return offers.GetProperty("slots").GetInt32() - offers.GetProperty("free_slots").GetInt32();
            },
            taken => taken == 0,
            TimeSpan.FromSeconds(120));
    }

    /// <summary>Waits until no job of an account is open, and gives them all.</summary>
    public async Task<IReadOnlyList<LedgerFile.JobRow>> SettledAsync(string account)
    {
        await Eventually.SeeAsync(
            $"no job of {account} open",
            () => string.Join("; ", Ledger.Jobs(account).Where(job => job.State == "open")),
            open => open.Length == 0,
            TimeSpan.FromSeconds(60));
        return Ledger.Jobs(account);
    }

    /// <summary>Waits until a question is answered, after something was killed and started again.</summary>
    public Task ServesAgainAsync() => Eventually.SeeAsync(
        "the network serves again",
        async () =>
        {
            try
            {
                return (await AskAsync("hello", maxTokens: 8)).FinishReason;
            }
            catch (Exception exception) when (exception is ChatRefusedException or HttpRequestException)
            {
                return exception.Message;
            }
        },
        seen => seen is "stop" or "length",
        TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        try
        {
            var killed = await Processes.StopAsync();
            Assert.Empty(killed);
            await CheckInvariantsAsync();
        }
        finally
        {
            await Processes.DisposeAsync();
            _admin.Dispose();
            _folder.Dispose();
        }
    }

    private async Task CheckInvariantsAsync()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSqliteLedger(ledger => ledger.Path = LedgerPath)
            .BuildServiceProvider();
        Assert.Empty(await services.GetRequiredService<CocoonOrleans.Ledger.ILedger>().CheckInvariantsAsync(CancellationToken.None));
    }
}
