using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Solvency;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify solvency</c>: fetches the operator's newest proof with your own path, and checks path, sums, signature and, at an endpoint that you name, the chain.</summary>
internal static class VerifySolvencyCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var chain = new Option<Uri?>("--chain") { Description = "A toncenter API of your choice, up to and with /api/v2/: it is asked for every address. Without it only path, sums and signature are checked.", HelpName = "url", CustomParser = HttpUrl.Of("--chain") };
        var maxAge = new Option<int>("--max-age") { Description = "How many minutes old the statement may be: two of the operator's intervals.", DefaultValueFactory = _ => 120, HelpName = "1..100000", CustomParser = WholeNumber.Between(1, 100_000) };
        var gateway = new GatewayOptions();
        var command = new Command("solvency", "Check that the operator's coins cover its debts, and that yours is among them.") { chain, maxAge };
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            using var http = GatewayHttp.Open(gateway.Gateway(result), gateway.ApiKey(result), Timeout);
            var json = await AskAsync(http, "/v1/solvency", cancellationToken);
            var account = (await AskAsync(http, "/v1/key", cancellationToken)).GetProperty("account");
            SolvencyVerdict verdict;
            try
            {
                verdict = await JudgeAsync(json, account, result.GetValue(chain), TimeSpan.FromMinutes(result.GetValue(maxAge)), cancellationToken);
            }
            catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
            {
                throw new CommandFailedException($"The gateway's proof can't be read: {e.Message}", "See whether --gateway names a gateway of this version.", innerException: e);
            }

            output.Console.MarkupLineInterpolated($"{DateTimeOffset.FromUnixTimeSeconds(verdict.Time):u}, block {verdict.Seqno}: {Coins(verdict.Assets)} coins, {Coins(verdict.Liabilities)} owed, {Coins(verdict.Own)} of it to you, who have {Coins(verdict.Balance)} now");
            output.Console.MarkupLineInterpolated($"signed by the key of wallet {verdict.Wallet}; the chain was {(verdict.ChainChecked ? "asked for every address" : "not asked (--chain URL)")}");
            output.Console.MarkupLineInterpolated($"{(verdict.Code is null ? "accepted" : $"REJECTED ({verdict.Code}): {verdict.Reason}")}");
            output.Result(verdict, CommandJson.Default.SolvencyVerdict);
            return verdict.Code is null ? ExitCode.Success : ExitCode.Failed;
        });
    }

    private static async Task<SolvencyVerdict> JudgeAsync(JsonElement json, JsonElement account, Uri? chain, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var document = SolvencyDocument.Read(json.GetProperty("statement"));
        var own = json.GetProperty("own").EnumerateArray().Select(SolvencyDocument.ReadPath).ToArray();
        var accountId = account.GetProperty("account_id").GetString() ?? "";
        var balance = Nano.TryParse(account.GetProperty("balance").GetString(), out var told) ? told : throw new FormatException("account.balance: not an amount");
        var listed = own.Any(debt => debt.Leaf.AccountId == accountId);
        var fault = SolvencyChecks.Check(document, own, accountId)
            ?? SolvencyChecks.CheckAge(document, TimeProvider.System.GetUtcNow(), maxAge)
            ?? SolvencyChecks.CheckOwn(own, accountId, balance);
        if (fault is null && chain is not null)
        {
            fault = await AskChainAsync(document, chain, cancellationToken);
        }

        return new SolvencyVerdict(
            fault is null ? "accept" : "reject",
            fault?.Code,
            fault?.Reason,
            document.Statement.Time,
            document.Statement.Seqno,
            document.Statement.AssetSum.ToString(),
            document.Statement.Liabilities.ToString(),
            SolvencyChecks.WalletOf(document).Address.ToString(),
            own.Aggregate(Nano.Zero, (sum, debt) => sum + debt.Leaf.Amount).ToString(),
            balance.ToString(),
            listed,
            chain is not null && (fault is null || fault.Value.Code == SolvencyChecks.Chain));
    }

    private static async Task<(string Code, string Reason)?> AskChainAsync(SolvencyDocument document, Uri chain, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = !chain.IsLoopback });
        try
        {
            return await SolvencyChecks.CheckChainAsync(
                document, new ToncenterClient(http, new ToncenterOptions { Address = chain, Timeout = Timeout }, TimeProvider.System), cancellationToken);
        }
        catch (ChainException e)
        {
            throw new CommandFailedException($"The chain was not read: {e.Message}", "Name an endpoint that keeps blocks for as long as proofs are apart: --chain URL", innerException: e);
        }
    }

    private static string Coins(string nano) => Accounts.TopUpCommand.Coins(nano);

    private static async Task<JsonElement> AskAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(path, cancellationToken);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
                : throw await GatewayRefusal.ReadAsync(response, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"The gateway can't be reached: {e.Message}", "Start the network with ./cocoon up, or name another with --gateway.", innerException: e);
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"The gateway's answer can't be read: {e.Message}", "See whether --gateway names a gateway.", innerException: e);
        }
    }
}
