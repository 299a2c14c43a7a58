using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.EndToEnd.StockClients;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A client that pays from a channel of its own: from the command line over the chain to the operator's wallet.</summary>
public sealed class ClientChannelTests
{
    /// <summary>A third of a coin a token, so that two answers are worth a charge: a thousand times its fee.</summary>
    private const long Price = 320_000_000_000_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task Channel_StockClientThroughTheProxy_IsChargedToTheNano()
    {
        await using PayingNetwork settling = await StartAsync();
        TestNetwork network = settling.Network;
        string key = (await network.CreateAccountAsync()).ApiKey;
        using HttpClient http = network.OpenHttp(key);
        (string file, string address) = await OpenAsync(settling, key, coins: 450);
        IClientChannelStore store = settling.Ledger;

        // Before the operator has seen the deposit nothing is served; then everything is.
        Process proxy = StartProxy(settling, key, file);
        try
        {
            JsonElement ready = JsonElement.Parse((await proxy.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!);
            JsonElement seen = await NodeClient.RunAsync("proxied.mjs", Text(ready, "url"), Text(ready, "token"), network.Model);
            Assert.Equal("client", Text(seen.GetProperty("provider"), "sealer"));
            Nano cost = Cost(seen.GetProperty("answerUsage")) + Cost(seen.GetProperty("usage"));
            Assert.True(cost > Nano.FromCoins(9), $"Only {cost} nano: too little to be worth a charge.");

            // The ledger: all of it on the channel, none on the balance.
            ClientChannel channel = await Eventually.SeeAsync(
                $"{cost} nano captured", () => FindAsync(store, address), found => found.Captured == cost && found.Held == Nano.Zero, Deadline);
            Assert.Equal((Nano.FromCoins(1), Nano.Zero), (await BalanceAsync(http), (await AccountOfAsync(settling, channel)).Held));

            // The chain: the lowest voucher that covers it, and the wallet's balance as the book has it.
            channel = await Eventually.SeeAsync("the charge", () => FindAsync(store, address), found => found.Paid >= cost && found.State.Claimed == found.Paid, Deadline);
            ChannelState state = ChannelState.Read((await settling.Chain.First.GetAccountAsync(TonAddress.ParseRaw(address), null, default)).Data!);
            Assert.Equal((channel.Paid, Nano.FromCoins(450)), (state.Claimed, state.Deposited));
            Assert.Equal(channel.Paid - cost, (await settling.Ledger.GetAccountAsync(channel.Receivable, default))!.Balance);
            await Eventually.SeeAsync(
                "the wallet's balance in the books",
                async () => (await settling.Chain.First.GetAccountAsync(settling.Wallet.Address, null, default)).Balance + (await settling.Ledger.GetAccountAsync(WellKnownAccounts.ChainOperator, default))!.Balance,
                difference => difference == Nano.Zero,
                Deadline);
            Assert.Empty(await settling.Ledger.CheckInvariantsAsync(default));

            // The proof of solvency has the channel, and what it paid beyond its use is the client's.
            JsonElement proof = await Eventually.SeeAsync(
                "a proof after the charge",
                async () => (await http.GetFromJsonAsync<JsonElement>("/v1/solvency")),
                seen => seen.GetProperty("own").EnumerateArray().Any(debt => Text(debt, "account_id") == channel.Receivable && Text(debt, "amount") == (channel.Paid - cost).ToString()),
                Deadline);
            Assert.Contains(proof.GetProperty("statement").GetProperty("assets").EnumerateArray(), asset => Text(asset, "kind") == "client_channel" && Text(asset, "address") == address);

            // The client's own count says the same.
            JsonElement shown = await CocoonAsync("channel", "show", "--file", file, "--gateway", network.Url.ToString(), "--key", key);
            Assert.Equal(
                (cost.ToString(), cost.ToString(), "0", "0", channel.Paid.ToString(), 0),
                (Text(shown, "used"), Text(shown, "captured"), Text(shown, "unsure"), Text(shown, "overcharged"), Text(shown, "claimed"), shown.GetProperty("forks").GetInt32()));

            // More by a link of the API, for a page that shows it.
            using HttpResponseMessage topUp = await http.PostAsJsonAsync("/v1/topups", new { channel = address, amount = "7000000000" });
            JsonElement link = await topUp.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(("client", "7000000000"), (Text(link, "custody"), Text(link, "deposit")));
            Assert.NotEqual("", Text(link.GetProperty("ton_connect").GetProperty("messages")[0], "stateInit"));
            await settling.OpenLinkAsync(Text(link, "link"));
            await Eventually.SeeAsync("the second deposit", () => FindAsync(store, address), found => found.State.Deposited == Nano.FromCoins(457), Deadline);

            // The payer wants to leave: nothing more is served, and after the delay it has the rest.
            await settling.OpenLinkAsync(Text(await CocoonAsync("channel", "close", "--file", file), "link"));
            await Eventually.SeeAsync("the channel closing", () => FindAsync(store, address), found => found.State.Phase == WorkerChannelPhase.Closing, Deadline);
            (int status, JsonElement refused) = await AskAsync(ready, network.Model);
            Assert.Equal((402, "channel_not_open"), (status, Text(refused.GetProperty("error"), "code")));
            await settling.Chain.DevAsync("dev_now", new { advance = 61 });
            await settling.OpenLinkAsync(Text(await CocoonAsync("channel", "finish", "--file", file), "link"));
            await Eventually.SeeAsync("the channel closed", () => FindAsync(store, address), found => found.State.Phase == WorkerChannelPhase.Closed, Deadline);
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
            proxy.Dispose();
        }
    }

    [SkippableFact]
    public async Task Payer_Restored_CatchesUp()
    {
        await using PayingNetwork settling = await StartAsync();
        TestNetwork network = settling.Network;
        string key = (await network.CreateAccountAsync()).ApiKey;
        (string file, string address) = await OpenAsync(settling, key, coins: 450);
        IClientChannelStore store = settling.Ledger;
        string backup = await File.ReadAllTextAsync(file);
        await WithProxyAsync(settling, key, file, async ready =>
        {
            Assert.Equal(200, (await AskAsync(ready, network.Model)).Status);
            Assert.Equal(200, (await AskAsync(ready, network.Model)).Status);
        });
        ClientChannel before = await FindAsync(store, address);

        // The file of before the first voucher: without help it would sign serial 1 anew, and far too low.
        await File.WriteAllTextAsync(file, backup);
        await WithProxyAsync(settling, key, file, async ready => Assert.Equal(200, (await AskAsync(ready, network.Model)).Status));

        ClientChannel after = await FindAsync(store, address);
        Assert.True(after.Voucher!.Serial > before.Voucher!.Serial);
        Assert.True(after.Captured > before.Captured);
        Assert.Equal(0, after.Forks);
        JsonElement shown = await CocoonAsync("channel", "show", "--file", file, "--gateway", network.Url.ToString(), "--key", key);
        Assert.Equal((after.Captured.ToString(), "0"), (Text(shown, "used"), Text(shown, "overcharged")));
    }

    [SkippableFact]
    public async Task Deposit_ToldByOneEndpointOnly_OpensNothing()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 20);
        IClientChannelStore store = silo.Ledger;
        using var key = new SigningKey(RandomNumberGenerator.GetBytes(32));
        using var personKey = new SigningKey(RandomNumberGenerator.GetBytes(32));
        WalletV5R1 person = await silo.Chain.FundedWalletAsync(personKey, 100);
        var terms = new ChannelTerms(person.Address, key.PublicKey, silo.Wallet.Address, silo.VoucherKey, 60, 1);
        await silo.Ledger.ExecuteAsync([new CreateAccount("acct-test", AccountClass.Client, "")], default);
        Assert.NotNull(await store.OpenClientChannelAsync(ChannelOf(terms), 1, default));
        CocoonOrleans.Cli.Processes.ChildProcess process = await silo.StartSiloAsync();

        // Fifty coins call for two witnesses, and the second one is away.
        await silo.Chain.DevAsync("dev_fail", new { endpoint = 2, status = 503, times = 100_000 });
        await silo.Chain.SendAsync(
            person, personKey, new OutgoingMessage(terms.Address, Nano.FromCoins(51), ChannelMessages.TopUp(1, Nano.FromCoins(50)), Bounce: true, terms.Init));
        await Eventually.SeeAsync("the refusal in the log", () => silo.LogOf(process), log => log.Contains("The chain says nothing of channel", StringComparison.Ordinal), Deadline);
        Assert.Equal(WorkerChannelPhase.Unfunded, (await FindAsync(store, terms.Address.ToString())).State.Phase);

        await silo.Chain.DevAsync("dev_clear", new { });
        await Eventually.SeeAsync(
            "the deposit", () => FindAsync(store, terms.Address.ToString()), found => found.State.Deposited == Nano.FromCoins(50), Deadline);
    }

    [SkippableFact]
    public async Task Channel_OneEndpointLiesOfLittle_NothingIsKept()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 20);
        IClientChannelStore store = silo.Ledger;
        using var key = new SigningKey(RandomNumberGenerator.GetBytes(32));
        using var personKey = new SigningKey(RandomNumberGenerator.GetBytes(32));
        WalletV5R1 person = await silo.Chain.FundedWalletAsync(personKey, 100);
        var terms = new ChannelTerms(person.Address, key.PublicKey, silo.Wallet.Address, silo.VoucherKey, 60, 1);
        await silo.Ledger.ExecuteAsync([new CreateAccount("acct-test", AccountClass.Client, "")], default);
        Assert.NotNull(await store.OpenClientChannelAsync(ChannelOf(terms), 1, default));

        // Three coins and a claim of two that never were, in a block far ahead: far below what the quorum is for.
        Cell data = new CellBuilder()
            .StoreUInt(0, 2).StoreCoins(Nano.FromCoins(3)).StoreCoins(Nano.FromCoins(2)).StoreCoins(Nano.Zero).StoreCoins(Nano.Zero)
            .StoreUInt(0, 32).StoreUInt(terms.CloseDelay, 32).StoreUInt(terms.Salt, 64)
            .StoreReference(terms.Init.Data!.References[0])
            .Build();
        Assert.Equal(terms, ChannelState.Read(data).Terms);
        await silo.Chain.DevAsync("dev_lie", new
        {
            endpoint = 1,
            address = terms.Address.ToString(),
            code = Convert.ToBase64String(Boc.Write(ContractCode.Channel)),
            data = Convert.ToBase64String(Boc.Write(data)),
            lt = "9000000000000000000",
            times = 100_000,
        });
        CocoonOrleans.Cli.Processes.ChildProcess process = await silo.StartSiloAsync();
        await Eventually.SeeAsync("the refusal in the log", () => silo.LogOf(process), log => log.Contains("The chain says nothing of channel", StringComparison.Ordinal), Deadline);
        Assert.Equal(ChannelSnapshot.Unseen, (await FindAsync(store, terms.Address.ToString())).State);

        await silo.Chain.DevAsync("dev_clear", new { });
        await silo.Chain.SendAsync(
            person, personKey, new OutgoingMessage(terms.Address, Nano.FromCoins(3), ChannelMessages.TopUp(1, Nano.FromCoins(2)), Bounce: true, terms.Init));
        await Eventually.SeeAsync(
            "the deposit", () => FindAsync(store, terms.Address.ToString()), found => found.State.Deposited == Nano.FromCoins(2) && found.State.Claimed == Nano.Zero, Deadline);
    }

    [SkippableFact]
    public async Task Voucher_ForgedOrForeign_IsRefusedByNameAndNothingIsHeld()
    {
        await using PayingNetwork settling = await StartAsync();
        TestNetwork network = settling.Network;
        string key = (await network.CreateAccountAsync()).ApiKey;
        (_, string address) = await OpenAsync(settling, key, coins: 5);
        using var stranger = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var channel = TonAddress.ParseRaw(address);
        byte[] forged = new Voucher(-1000, channel, 1, Nano.FromCoins(5), default).Sign(stranger).ToBytes();
        byte[] foreign = new Voucher(-239, channel, 1, Nano.FromCoins(5), default).Sign(stranger).ToBytes();
        byte[] other = new Voucher(-1000, SettlingSilo.NewAddress(), 1, Nano.FromCoins(5), default).Sign(stranger).ToBytes();
        (string Header, string Field)[] bad =
        [
            ("not base64!", "voucher"), (System.Buffers.Text.Base64Url.EncodeToString(new byte[80]), "boc"), (new string('A', 400), "voucher"),
            (Header(forged), "voucher.signature"), (Header(foreign), "voucher.network"), (Header(other), "voucher.channel"), (Header(forged[..^1]), "voucher"),
        ];
        foreach ((string header, string field) in bad)
        {
            using HttpClient http = network.OpenHttp(key);
            http.DefaultRequestHeaders.TryAddWithoutValidation("Cocoon-Voucher", header);
            using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/chat/completions", Question(network.Model));
            JsonElement error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal((400, "invalid_voucher", "Cocoon-Voucher"), ((int)response.StatusCode, Text(error, "code"), Text(error, "param")));
            Assert.Contains(field, Text(error, "message"), StringComparison.Ordinal);
        }

        Assert.Null((await FindAsync(settling.Ledger, address)).Voucher);
        Assert.Empty(network.Ledger.Jobs((await FindAsync(settling.Ledger, address)).AccountId));
    }

    [SkippableFact]
    public async Task Close_OperatorDead_PayerHasTheRestBack()
    {
        await using PayingNetwork settling = await StartAsync();
        string key = (await settling.Network.CreateAccountAsync()).ApiKey;
        (string file, string address) = await OpenAsync(settling, key, coins: 5);
        settling.Network.Processes.Gateway.Current.Kill();
        settling.Network.Processes.Silo.Current.Kill();
        foreach (var worker in settling.Network.Processes.Workers)
            worker.Current.Kill();

        // The file and a wallet are enough: no gateway answers any more, and nobody charges.
        await settling.OpenLinkAsync(Text(await CocoonAsync("channel", "close", "--file", file), "link"));
        await settling.Chain.DevAsync("dev_now", new { advance = 61 });
        await settling.OpenLinkAsync(Text(await CocoonAsync("channel", "finish", "--file", file), "link"));

        AccountState channel = await Eventually.SeeAsync(
            "the channel closed", () => settling.Chain.First.GetAccountAsync(TonAddress.ParseRaw(address), null, default), seen => ChannelState.Read(seen.Data!).Phase == ChannelPhase.Closed, Deadline);
        Assert.Equal(Nano.Zero, ChannelState.Read(channel.Data!).Claimed);

        // All but the fees of four messages.
        await Eventually.SeeAsync(
            "the coins at the payer's wallet",
            async () => (await settling.Chain.First.GetAccountAsync(settling.Person.Address, null, default)).Balance,
            balance => balance > Nano.FromCoins(500) - new Nano(200_000_000),
            Deadline);
    }

    private static ClientChannel ChannelOf(ChannelTerms terms) => new()
    {
        Channel = terms.Address.ToString(),
        AccountId = "acct-test",
        PayerAddress = terms.PayerAddress.ToString(),
        PayerKey = terms.PayerKey.Bits.ToArray(),
        PayeeAddress = terms.PayeeAddress.ToString(),
        PayeeKey = terms.PayeeKey.Bits.ToArray(),
        CloseDelay = terms.CloseDelay,
        Salt = unchecked((long)terms.Salt),
    };

    private static string Header(byte[] voucher) => System.Buffers.Text.Base64Url.EncodeToString(voucher);

    private static Task<PayingNetwork> StartAsync() => PayingNetwork.StartAsync(
        options => options with { WorkerSettings = new Dictionary<int, IReadOnlyList<string>> { [0] = WorkerPrices(), [1] = WorkerPrices() } },
        "--ClientChannels:Accept=true",
        "--Deposits:Accept=true",
        "--Solvency:Interval=00:00:01",
        "--ClientChannels:LeastCloseDelay=00:01:00",
        "--Channels:ChargeAtNano=2000000",
        $"--Catalog:Models:0:Reserve:Prompt={Price}",
        $"--Catalog:Models:0:Reserve:Cached={Price}",
        $"--Catalog:Models:0:Reserve:Completion={Price}");

    private static string[] WorkerPrices() =>
        [$"--Worker:Models:0:Prices:Prompt={Price / 2}", $"--Worker:Models:0:Prices:Cached={Price / 2}", $"--Worker:Models:0:Prices:Completion={Price / 2}"];

    /// <summary>Makes a key and a channel at the command line, funds it from the person's wallet, and waits until the operator has seen it.</summary>
    private static async Task<(string File, string Address)> OpenAsync(PayingNetwork settling, string key, int coins)
    {
        string file = Path.Combine(settling.Folder, "channel.json");
        await CocoonAsync("key", "create", KeyFileOf(settling), "--purpose", "voucher", "--network", "development", "--passphrase-file", settling.PassphraseFile);
        JsonElement opened = await CocoonAsync(
            "channel", "open", "--payer", settling.Person.Address.ToFriendlyString(testOnly: true), "--amount", coins.ToString(CultureInfo.InvariantCulture), "--file", file,
            "--voucher-key", KeyFileOf(settling), "--passphrase-file", settling.PassphraseFile, "--gateway", settling.Network.Url.ToString(), "--key", key);
        string address = Text(opened, "rawAddress");
        Assert.Equal(WorkerChannelPhase.Unfunded, (await FindAsync(settling.Ledger, address)).State.Phase);
        await settling.OpenLinkAsync(Text(opened, "link"));
        await Eventually.SeeAsync(
            "the deposit", () => FindAsync(settling.Ledger, address), found => found.State.Deposited == Nano.FromCoins(coins), Deadline);
        return (file, address);
    }

    private static Process StartProxy(PayingNetwork settling, string key, string file) => Cocoon.Start(
        "proxy", "--port", $"{FreePorts.Take(1)[0]}", "--gateway", settling.Network.Url.ToString(), "--key", key, "--receipts", Path.Combine(settling.Folder, "receipts"),
        "--channel", file, "--voucher-key", KeyFileOf(settling), "--passphrase-file", settling.PassphraseFile, "--most-hold", "10000", "--json"); // its prices are a thousandfold

    private static async Task WithProxyAsync(PayingNetwork settling, string key, string file, Func<JsonElement, Task> act)
    {
        using Process proxy = StartProxy(settling, key, file);
        try
        {
            await act(JsonElement.Parse((await proxy.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!));
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
            await proxy.WaitForExitAsync();
        }
    }

    private static async Task<(int Status, JsonElement Body)> AskAsync(JsonElement ready, string model)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Text(ready, "token")) } };
        using HttpResponseMessage response = await http.PostAsJsonAsync(new Uri($"{Text(ready, "url")}/chat/completions"), Question(model));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static object Question(string model) => new { model, messages = new[] { new { role = "user", content = "What is 3 plus 4?" } }, max_completion_tokens = 24, seed = 1 };

    private static async Task<JsonElement> CocoonAsync(params string[] arguments)
    {
        (int exitCode, string output, string error) = await Cocoon.RunAsync([.. arguments, "--json"]);
        Assert.True(exitCode == 0, error);
        return Cocoon.Json(output);
    }

    private static string KeyFileOf(PayingNetwork settling) => Path.Combine(settling.Folder, "client-voucher.key");

    private static async Task<ClientChannel> FindAsync(IClientChannelStore store, string address) => (await store.FindClientChannelAsync(address, default))!;

    private static async Task<Account> AccountOfAsync(PayingNetwork settling, ClientChannel channel) => (await settling.Ledger.GetAccountAsync(channel.AccountId, default))!;

    private static async Task<Nano> BalanceAsync(HttpClient http) =>
        new(long.Parse(Text((await http.GetFromJsonAsync<JsonElement>("/v1/key")).GetProperty("account"), "balance"), CultureInfo.InvariantCulture));

    private static Nano Cost(JsonElement usage) => new(long.Parse(Text(usage, "cost"), CultureInfo.InvariantCulture));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
