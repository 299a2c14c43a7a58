using System.Diagnostics;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Proxy;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Client;
using CocoonOrleans.Market;
using CocoonOrleans.Sealing.Statements;
using Spectre.Console;

namespace CocoonOrleans.Cli.Demo;

/// <summary>One question to a running network, and everything that can be checked about its answer from outside.</summary>
/// <param name="network">The network.</param>
/// <param name="options">How it was laid out.</param>
/// <param name="apiKey">Who asks.</param>
internal sealed class DemoRun(LocalNetwork network, LocalNetworkOptions options, string apiKey)
{
    private const int MaxCompletionTokens = 64;

    /// <summary>Asks, shows the answer as it comes, and checks it.</summary>
    public async Task<DemoResult> AskAsync(Sum sum, int seed, CommandOutput output, CancellationToken cancellationToken)
    {
        using var admin = AdminClient.Of(network.Topology.AdminUrl, options.Data);
        var question = ChatQuestion.Ask(options.ModelName, sum.Question) with { Seed = seed, Temperature = 0, MaxCompletionTokens = MaxCompletionTokens };
        var before = await BalanceAsync(admin, cancellationToken);
        output.Console.WriteLine();
        output.Text.WriteLine($"> {sum.Question}   (a sum that the model never saw in training)");
        var answer = await StreamAsync(question, output, cancellationToken);
        var after = await BalanceAsync(admin, cancellationToken);
        var direct = await DirectEngine.AnswerAsync(network.Topology.Model, question, cancellationToken);

        var charged = answer.Cost ?? Nano.Zero;
        DemoCheck[] checks =
        [
            new("the engine alone, in this process, says the same", direct == answer.Text, direct),
            new("a real engine computed it", answer.Engine == "native", answer.Engine ?? "not said"),
            new("it was sealed here, to the worker, whose receipt is valid: the gateway read nothing", answer.Provider is { Sealer: "client", ReceiptVerified: true }, answer.Provider?.ToString() ?? "not said"),
            new("it cost something, and the balance fell by exactly that", charged > Nano.Zero && before.Balance - after.Balance == charged, $"{before.Balance} - {after.Balance} = {before.Balance - after.Balance}"),
            new("nothing is held any more", after.Held == Nano.Zero, $"{after.Held}"),
        ];
        return new DemoResult(
            checks.All(check => check.Passed),
            sum.Question,
            answer.Text,
            sum.IsAnsweredBy(answer.Text),
            answer.Model,
            network.Topology.Model.ManifestSha256,
            answer.Engine ?? "",
            answer.JobId,
            answer.PromptTokens,
            answer.CompletionTokens,
            charged.ToString(),
            before.Balance.ToString(),
            after.Balance.ToString(),
            answer.Provider?.Sealer ?? "",
            answer.Provider?.Tier ?? "",
            answer.Provider?.ReceiptVerified ?? false,
            answer.Provider?.StatementHash ?? "",
            Math.Round(answer.TimeToFirstToken.TotalMilliseconds, 1),
            NetworkProcesses.Of(network),
            Channel: null,
            Voucher: null,
            PayoutTx: null,
            PayoutAddress: null,
            EarnedNano: null,
            FeeNano: null,
            OnChainNano: null,
            NotSettled: null,
            EncryptedModel: false,
            Encryption: null,
            checks);
    }

    private async Task<ChatAnswer> StreamAsync(ChatQuestion question, CommandOutput output, CancellationToken cancellationToken)
    {
        await using var quotes = network.Topology.Issuer is { } issuer
            ? ProxyQuotes.Open([new FileInfo(issuer.ImageFile)], service: null, issuer.Socket, new FileInfo(issuer.AnchorFile), Path.Combine(options.Data.Path, "demo-floors.json"), strict: false)
            : null;
        var sealing = quotes is null ? new CocoonSealingOptions() : new CocoonSealingOptions { MinimumTier = TrustTier.Simulated, Quotes = quotes.Trust };
        using var http = new HttpClient(new CocoonSealingHandler(sealing, new SocketsHttpHandler { UseProxy = false }))
        {
            BaseAddress = network.Topology.Url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            var answer = await new ChatClient(http, apiKey, TimeProvider.System).AskAsync(question, output.Stream, cancellationToken);
            output.EndLine();
            return answer;
        }
        catch (Exception exception) when (exception is ChatRefusedException or HttpRequestException or IOException)
        {
            throw new CommandFailedException($"The network did not answer: {exception.Message}", "Run ./cocoon doctor.", network.Gateway.Current.LastLines, exception);
        }
    }

    private static async Task<AccountState> BalanceAsync(AdminClient admin, CancellationToken cancellationToken) =>
        await admin.FindAccountAsync(DevelopmentAccount.Id, cancellationToken) ?? throw new UnreachableException("The account that just paid is gone.");
}
