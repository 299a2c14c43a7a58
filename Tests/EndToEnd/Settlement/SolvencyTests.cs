using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Solvency;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Solvency;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>Proofs that the operator's coins cover its debts, by a network of processes and the development chain.</summary>
public sealed class SolvencyTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task Solvency_ClientChecksItself_PathSumsAndChain_AndMissingCoinsAlarm()
    {
        await using PayingNetwork settling = await StartAsync();
        TestNetwork network = settling.Network;
        CocoonOrleans.Cli.Accounts.NewAccount account = await network.CreateAccountAsync();
        using HttpClient http = network.OpenHttp(account.ApiKey);
        await DepositAsync(settling, http, new Nano(3_000_000_007));
        string owed = new Nano(3_000_000_007 + Nano.PerCoin).ToString();
        JsonElement proof = await Eventually.SeeAsync(
            "a proof with the deposit", () => ProofAsync(http), seen => seen.ValueKind == JsonValueKind.Object && Own(seen).Contains(owed), Deadline);

        // Everything that a client checks, at the command line.
        (int exitCode, string output, string error) = await Cocoon.RunAsync(
            "verify", "solvency", "--gateway", network.Url.ToString(), "--key", account.ApiKey, "--chain", new Uri(settling.Chain.Address, "1/api/v2/").ToString(), "--json");
        Assert.True(exitCode == 0, error + output);
        JsonElement verdict = Cocoon.Json(output);
        Assert.Equal(
            ("accept", owed, true, true, settling.Wallet.Address.ToString()),
            (Text(verdict, "verdict"), Text(verdict, "own"), verdict.GetProperty("listed").GetBoolean(), verdict.GetProperty("chainChecked").GetBoolean(), Text(verdict, "wallet")));

        // What the operator sees: the same sums, and no difference.
        (exitCode, output, error) = await Cocoon.RunAsync("cluster", "solvency", "--data", network.Data.Path, "--json");
        Assert.True(exitCode is 0 or 1, error);
        JsonElement report = Cocoon.Json(output);
        Assert.True(report.GetProperty("solvent").GetBoolean());
        Assert.DoesNotContain(report.GetProperty("addresses").EnumerateArray(), address => address.GetProperty("differs").GetBoolean());

        // The book knows all that the wallet sent.
        (exitCode, output, error) = await Cocoon.RunAsync("cluster", "reconcile", "--data", network.Data.Path, "--json");
        Assert.True(exitCode == 0, error + output);
        Assert.Equal(("running", 0), (Text(Cocoon.Json(output), "state"), Cocoon.Json(output).GetProperty("payments").GetArrayLength()));

        // Each change is caught, without asking anybody.
        Assert.Null(Check(proof, account.Account.AccountId));
        Assert.Equal(SolvencyChecks.Signature, Check(Changed(proof, json => json["statement"]!["liabilities"] = "1"), account.Account.AccountId));
        Assert.Equal(SolvencyChecks.Signature, Check(Changed(proof, json => json["statement"]!["assets"]![0]!["amount"] = "999000000000"), account.Account.AccountId));
        Assert.Equal(SolvencyChecks.Path, Check(Changed(proof, json => json["own"]![0]!["amount"] = "1"), account.Account.AccountId));
        Assert.Equal(SolvencyChecks.Account, Check(proof, "somebody-else"));

        // An old one says nothing of today, and a debt of less than the account has is a lie or a deposit since.
        SolvencyDocument stated = SolvencyDocument.Read(proof.GetProperty("statement"));
        DateTimeOffset at = DateTimeOffset.FromUnixTimeSeconds(stated.Statement.Time);
        Assert.Null(SolvencyChecks.CheckAge(stated, at.AddHours(2), TimeSpan.FromHours(2)));
        Assert.Equal(SolvencyChecks.Age, SolvencyChecks.CheckAge(stated, at.AddHours(2).AddSeconds(1), TimeSpan.FromHours(2))?.Code);
        Assert.Equal(SolvencyChecks.Age, SolvencyChecks.CheckAge(stated, at.AddHours(-1), TimeSpan.FromHours(2))?.Code);
        (SumLeaf Leaf, IReadOnlyList<SumStep> Path)[] own = [.. proof.GetProperty("own").EnumerateArray().Select(SolvencyDocument.ReadPath)];
        Nano balance = own[0].Leaf.Amount;
        Assert.Null(SolvencyChecks.CheckOwn(own, account.Account.AccountId, balance));
        Assert.Equal(SolvencyChecks.Less, SolvencyChecks.CheckOwn(own, account.Account.AccountId, balance + new Nano(1))?.Code);
        Assert.Equal(SolvencyChecks.NotListed, SolvencyChecks.CheckOwn([], account.Account.AccountId, new Nano(1))?.Code);

        // Signed with a key that has no wallet among the assets.
        using var stranger = new SigningKey(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        SolvencyDocument document = SolvencyDocument.Read(proof.GetProperty("statement"));
        Assert.Equal(
            SolvencyChecks.Wallet, SolvencyChecks.Check(document with { Key = stranger.PublicKey, Signature = document.Statement.Sign(stranger) }, [], account.Account.AccountId)?.Code);

        // Signed with the right key, and more stated than the chain has: only the chain shows it.
        using SigningKey key = settling.OpenWalletKey();
        SolvencyStatement boasting = document.Statement with { Assets = [document.Statement.Assets[0] with { Amount = Nano.FromCoins(1000) }] };
        SolvencyDocument signed = document with { Statement = boasting, Signature = boasting.Sign(key) };
        Assert.Null(SolvencyChecks.Check(signed, [], account.Account.AccountId));
        Assert.Equal(SolvencyChecks.Chain, (await SolvencyChecks.CheckChainAsync(signed, settling.Chain.First, default))?.Code);
        await MissingCoinsAsync(settling, account, http, key);
    }

    /// <summary>Somebody with the key takes what is the clients': everybody who asks is told.</summary>
    private static async Task MissingCoinsAsync(PayingNetwork settling, CocoonOrleans.Cli.Accounts.NewAccount account, HttpClient http, SigningKey key)
    {
        TestNetwork network = settling.Network;
        await DepositAsync(settling, http, Nano.FromCoins(50), had: new Nano(3_000_000_007 + Nano.PerCoin));
        await settling.Chain.SendAsync(settling.Wallet, key, new OutgoingMessage(SettlingSilo.NewAddress(), Nano.FromCoins(60), Cell.Empty, Bounce: false));

        await Eventually.SeeAsync(
            "the alarm in the silo's log",
            () => File.ReadAllText(network.Processes.Silo.Current.Spec.LogFile),
            log => log.Contains("are missing. No more top-ups", StringComparison.Ordinal),
            Deadline);
        using HttpResponseMessage refused = await http.PostAsJsonAsync("/v1/topups", new { });
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "topups_suspended"),
            (refused.StatusCode, Text((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error"), "code")));
        (int exitCode, string output, _) = await Cocoon.RunAsync("verify", "solvency", "--gateway", network.Url.ToString(), "--key", account.ApiKey, "--json");
        Assert.Contains("\"code\"", output, StringComparison.Ordinal);
        Assert.Equal((1, SolvencyChecks.Missing), (exitCode, Text(Cocoon.Json(output), "code")));
        (exitCode, output, _) = await Cocoon.RunAsync("cluster", "solvency", "--data", network.Data.Path, "--json");
        Assert.Equal((1, false), (exitCode, Cocoon.Json(output).GetProperty("solvent").GetBoolean()));

        // What left is nobody's payout: the wallet stays stopped, and the command says which it was.
        (exitCode, output, _) = await Cocoon.RunAsync("cluster", "reconcile", "--apply", "--data", network.Data.Path, "--json");
        Assert.Equal((1, "stopped", "unknown"), (exitCode, Text(Cocoon.Json(output), "state"), Text(Cocoon.Json(output).GetProperty("payments")[0], "kind")));
    }

    private static Task<PayingNetwork> StartAsync() => PayingNetwork.StartAsync("--Deposits:Accept=true", "--Solvency:Interval=00:00:01");

    private static async Task DepositAsync(PayingNetwork settling, HttpClient http, Nano amount, Nano? had = null)
    {
        JsonElement topUp = await Eventually.SeeAsync(
            "the deposit wallet to be deployed",
            async () =>
            {
                using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/topups", new { });
                return await response.Content.ReadFromJsonAsync<JsonElement>();
            },
            answer => answer.TryGetProperty("link", out _),
            Deadline);
        await settling.OpenLinkAsync(Text(topUp, "link"), amount);
        await Eventually.SeeAsync(
            "the deposit on the account",
            async () => Text((await http.GetFromJsonAsync<JsonElement>("/v1/key")).GetProperty("account"), "balance"),
            balance => long.Parse(balance, CultureInfo.InvariantCulture) == (amount + (had ?? Nano.FromCoins(1))).Value,
            Deadline);
    }

    private static async Task<JsonElement> ProofAsync(HttpClient http)
    {
        using HttpResponseMessage response = await http.GetAsync("/v1/solvency");
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : default;
    }

    private static IEnumerable<string> Own(JsonElement proof) => proof.GetProperty("own").EnumerateArray().Select(debt => Text(debt, "amount"));

    private static string? Check(JsonElement proof, string accountId) => SolvencyChecks.Check(
        SolvencyDocument.Read(proof.GetProperty("statement")), [.. proof.GetProperty("own").EnumerateArray().Select(SolvencyDocument.ReadPath)], accountId)?.Code;

    private static JsonElement Changed(JsonElement proof, Action<JsonObject> change)
    {
        var json = (JsonObject)JsonNode.Parse(proof.GetRawText())!;
        change(json);
        return JsonElement.Parse(json.ToJsonString());
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
