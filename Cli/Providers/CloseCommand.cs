using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Vouchers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker close</c>: closes the channel together with the operator, at once.</summary>
internal static class CloseCommand
{
    public static Command Create()
    {
        var keys = new ProviderKeyOptions();
        var command = new Command("close", "Close your channel together with the operator: you get all that was promised at once, and another channel when you earn again.");
        keys.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var (key, network) = keys.Open(result);
            using var owned = key;
            using var gateway = keys.OpenGateway(result);
            var statement = await EarningsCommand.ReadAsync(gateway, key, network, days: 1, cancellationToken);
            using var offered = await ProviderClient.AskAsync(gateway, key.PublicKey, "close-offer", Sign(ProviderRequestKind.OfferClose), cancellationToken);
            var offer = ProviderAnswers.Read<CloseOfferAnswer>(offered);
            var close = Read(offer, network, statement);
            await ProviderClient.AskAsync(gateway, key.PublicKey, "close", Sign(ProviderRequestKind.Close, new CloseAnswer(close, close.Sign(key)).ToCell()), cancellationToken);
            output.Console.MarkupLineInterpolated($"Channel {offer.Channel} is closed with {close.Cumulative.ToCoinString()} coins over its life. The operator brings both signatures to the chain.");
            output.Result(new CloseResult(offer.Channel, close.Cumulative.ToString()), CommandJson.Default.CloseResult);
            return ExitCode.Success;

            byte[] Sign(ProviderRequestKind kind, Cell? value = null) =>
                new ProviderRequest(network, key.PublicKey, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), kind, value).Sign(key);
        });
    }

    /// <summary>What is offered, where it is not less than what was promised: nothing else is signed.</summary>
    private static CooperativeClose Read(CloseOfferAnswer offer, int network, StatementAnswer statement)
    {
        try
        {
            var close = CooperativeClose.Read(Boc.Parse(offer.Close));
            var promised = statement.Channel?.Address == offer.Channel ? statement.Channel.Cumulative : Nano.Zero;
            return close.Network == network && close.Channel.ToString() == offer.Channel && close.Cumulative >= promised && close.Cumulative == offer.Cumulative
                ? close
                : throw new CommandFailedException(
                    $"The operator offers {close.Cumulative} nano for channel {close.Channel}, and has promised {promised}.", "Sign nothing. Charge your voucher: ./cocoon worker charge");
        }
        catch (TonFormatException malformed)
        {
            throw new CommandFailedException($"The operator's offer can't be read: {malformed.Message}", "Charge your voucher: ./cocoon worker charge", innerException: malformed);
        }
    }
}
