using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>One network for the tests of top-ups: they disturb each other in nothing.</summary>
public sealed class TopUpNetwork : IAsyncLifetime
{
    private PayingNetwork? _settling;

    internal PayingNetwork Settling
    {
        get
        {
            Skip.If(_settling is null, "No Node.js: there is no development chain.");
            return _settling!;
        }
    }

    public async Task InitializeAsync()
    {
        try
        {
            _settling = await PayingNetwork.StartAsync("--Deposits:Accept=true", "--Deposits:CapNano=5000000000000");
        }
        catch (SkipException)
        {
            // Each test says so: a fixture that skips is a failure to the runner.
        }
    }

    public async Task DisposeAsync()
    {
        if (_settling is not null)
        {
            await _settling.DisposeAsync();
        }
    }
}

/// <summary>Top-up links: from the API and the command line to the wallet app, the chain, and back to the account.</summary>
public sealed class TopUpTests(TopUpNetwork fixture) : IClassFixture<TopUpNetwork>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task TopUp_LinkOpenedInAWallet_IsOnTheAccount()
    {
        PayingNetwork settling = fixture.Settling;
        TestNetwork network = settling.Network;
        string key = (await network.CreateAccountAsync()).ApiKey;
        using HttpClient http = network.OpenHttp(key);

        JsonElement topUp = await ReadyAsync(http, new { amount = "1500000001" });
        Assert.Equal(("topup", "operator", -1000), (Text(topUp, "object"), Text(topUp, "custody"), topUp.GetProperty("network").GetInt32()));
        Assert.Equal(settling.Wallet.Address, TonAddress.ParseFriendly(Text(topUp, "address")).Address);
        Assert.Contains("<svg", Text(topUp, "qr_svg"), StringComparison.Ordinal);
        JsonElement message = topUp.GetProperty("ton_connect").GetProperty("messages")[0];
        Assert.Equal(("1500000001", Text(topUp, "memo")), (Text(message, "amount"), TextComment.Find(Boc.ParseBase64(Text(message, "payload"), "payload"))));

        Nano before = await BalanceAsync(http);
        await settling.OpenLinkAsync(Text(topUp, "link")!);
        await Eventually.SeeAsync("the deposit on the account", () => BalanceAsync(http), balance => balance == before + new Nano(1_500_000_001), Deadline);
        JsonElement deposit = Assert.Single((await http.GetFromJsonAsync<JsonElement>("/v1/topups")).GetProperty("data").EnumerateArray());
        Assert.Equal(("credited", "1500000001"), (Text(deposit, "state"), Text(deposit, "amount")));
        Assert.False(deposit.TryGetProperty("account_id", out _));

        // The same from a terminal: the same memo, and an amount of the payer's choice.
        (int exitCode, string output, string error) = await Cocoon.RunAsync("account", "topup", "--gateway", network.Url.ToString(), "--key", key, "--json");
        Assert.Equal(0, exitCode);
        JsonElement shown = Cocoon.Json(output);
        Assert.Equal((Text(topUp, "memo"), (string?)null), (Text(shown, "memo"), Text(shown, "amount")));
        Assert.Contains("█", error, StringComparison.Ordinal);
        await settling.OpenLinkAsync(Text(shown, "link")!, new Nano(200_000_000));
        await Eventually.SeeAsync("the second deposit", () => BalanceAsync(http), balance => balance == before + new Nano(1_700_000_001), Deadline);
    }

    [SkippableFact]
    public async Task TopUp_OfNobody_IsSettledByTheOperator()
    {
        PayingNetwork settling = fixture.Settling;
        TestNetwork network = settling.Network;
        CocoonOrleans.Cli.Accounts.NewAccount account = await network.CreateAccountAsync();
        using HttpClient http = network.OpenHttp(account.ApiKey);
        JsonElement topUp = await ReadyAsync(http, new { });
        string memo = Text(topUp, "memo")!;
        await settling.OpenLinkAsync(Text(topUp, "link")!.Replace(memo, "my%20account", StringComparison.Ordinal), new Nano(300_000_000));
        IDepositStore deposits = settling.Ledger;
        Deposit waiting = (await Eventually.SeeAsync(
            "a deposit in suspense", () => deposits.ListDepositsAsync(null, onlySuspense: true, 10, default), seen => seen.Count == 1, Deadline))[0];

        CocoonOrleans.Cli.Accounts.DepositState listed = Assert.Single(await network.Admin.ListDepositsAsync(default));
        Assert.Equal((waiting.Sequence, "300000000", "my account", "unknown_memo"), (listed.Id, listed.Amount, listed.Comment, listed.Reason));
        await Assert.ThrowsAsync<CocoonOrleans.Cli.Terminal.CommandFailedException>(() => network.Admin.RefundDepositAsync(listed.Id, "no address", default));
        await Assert.ThrowsAsync<CocoonOrleans.Cli.Terminal.CommandFailedException>(() => network.Admin.AssignDepositAsync(listed.Id + 1, account.Account.AccountId, default));
        Nano before = await BalanceAsync(http);
        Assert.Equal("assigned", (await network.Admin.AssignDepositAsync(listed.Id, account.Account.AccountId, default)).State);
        Assert.Equal(before + new Nano(300_000_000), await BalanceAsync(http));
    }

    [SkippableTheory]
    [InlineData("""{"amount": "99"}""", 400, "invalid_value")]
    [InlineData("""{"amount": "999999999999999"}""", 400, "invalid_value")]
    [InlineData("""{"amount": "1.5"}""", 400, "invalid_value")]
    [InlineData("""{"amount": -5}""", 400, "invalid_value")]
    [InlineData("""{"coins": "5"}""", 400, "invalid_value")]
    [InlineData("""[]""", 400, "invalid_value")]
    public async Task TopUp_BadRequest_IsRefusedByName(string body, int status, string code)
    {
        PayingNetwork settling = fixture.Settling;
        using HttpClient http = settling.Network.OpenHttp();
        await ReadyAsync(http, new { });
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync("/v1/topups", content);
        Assert.Equal((status, code), ((int)response.StatusCode, Text((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error"), "code")));
    }

    private static async Task<JsonElement> ReadyAsync(HttpClient http, object body)
    {
        (HttpStatusCode Status, JsonElement Body) seen = await Eventually.SeeAsync(
            "the deposit wallet to be deployed",
            async () =>
            {
                using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/topups", body);
                return (Status: response.StatusCode, Body: await response.Content.ReadFromJsonAsync<JsonElement>());
            },
            answer => answer.Status != HttpStatusCode.ServiceUnavailable,
            Deadline);
        Assert.True(seen.Status == HttpStatusCode.OK, seen.Body.ToString());
        return seen.Body;
    }

    private static async Task<Nano> BalanceAsync(HttpClient http) =>
        new(long.Parse(Text((await http.GetFromJsonAsync<JsonElement>("/v1/key")).GetProperty("account"), "balance")!, System.Globalization.CultureInfo.InvariantCulture));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
