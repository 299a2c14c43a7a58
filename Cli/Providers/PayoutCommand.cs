using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Providers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker payout</c>: where a provider is paid, and from how much on.</summary>
internal static class PayoutCommand
{
    private const string Path = "payout";

    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "An address of yours on the network's chain, in either form." };
        var threshold = new Option<decimal>("--threshold")
        {
            Description = "From how many coins on the operator brings your earnings to the chain; less than 20 times the fee counts as that.",
            DefaultValueFactory = _ => PayoutTerms.DefaultThreshold.Value / (decimal)Nano.PerCoin,
            HelpName = "coins",
        };
        var transfer = new Option<bool>("--by-transfer")
        {
            Description = "By plain transfers when the threshold (0.1 coin or more) is due, without a channel: simpler for little, but nothing is promised before it is paid.",
        };
        var keys = new ProviderKeyOptions();
        var command = new Command("payout", "Say where you are paid. The first address holds at once, another one after a day: in it you can take back what a thief of your key ordered.") { address, threshold, transfer };
        keys.AddTo(command);
        return command.Runs((result, output, cancellationToken) =>
            OrderAsync(result.GetRequiredValue(address), result.GetValue(threshold), result.GetValue(transfer), keys, result, output, cancellationToken));
    }

    private static async Task<int> OrderAsync(
        string address, decimal threshold, bool byTransfer, ProviderKeyOptions keys, ParseResult result, CommandOutput output, CancellationToken cancellationToken)
    {
        var (key, network) = keys.Open(result);
        using var owned = key;
        using var gateway = keys.OpenGateway(result);
        var terms = Read(address, threshold, byTransfer, network);
        var request = new ProviderRequest(network, key.PublicKey, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), ProviderRequestKind.Payout, terms.ToCell());
        using var answer = await ProviderClient.AskAsync(gateway, key.PublicKey, Path, request.Sign(key), cancellationToken);
        var view = ProviderAnswers.Read<PayoutAnswer>(answer);
        foreach (var (name, order) in (IEnumerable<(string, PayoutOrderAnswer?)>)[("holds", view.Payout), ("will hold", view.Next)])
        {
            if (order is not null)
            {
                output.Console.MarkupLineInterpolated($"{name}: {order.Address} from {order.Threshold.ToCoinString()} coins on, {(order.ByTransfer ? "by transfer" : "by channel")}, as of {order.HoldsFrom:u}");
            }
        }

        output.Result(
            new PayoutResult(view.ProviderId, PayoutOrderResult.Of(view.Payout), PayoutOrderResult.Of(view.Next), view.Channel), CommandJson.Default.PayoutResult);
        return ExitCode.Success;
    }

    private static PayoutTerms Read(string address, decimal threshold, bool byTransfer, int network)
    {
        try
        {
            return PayoutTerms.Read(new PayoutTerms(
                TonAddress.Parse(address, network), new Nano((long)(Math.Clamp(threshold, 0, 1_000_000) * Nano.PerCoin)), byTransfer).ToCell());
        }
        catch (TonFormatException refused)
        {
            throw new CommandFailedException(refused.Message, "Name an address of your wallet, and a threshold of 0.002 (by transfer 0.1) to 1,000 coins.", innerException: refused);
        }
    }
}
