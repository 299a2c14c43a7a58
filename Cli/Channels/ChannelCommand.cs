using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Links;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Channels;

/// <summary><c>cocoon channel</c>: a channel of your own, from which <c>cocoon proxy</c> pays. Your wallet funds and leaves it; no key of a wallet is ever asked for.</summary>
internal static class ChannelCommand
{
    private const string FileName = "channel.json";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Command Create() => new("channel", "Pay from a channel of your own: what you haven't spent stays yours.")
    {
        Open(),
        Show(),
        Link("topup", "Show the link with which your wallet puts more into the channel.", hasAmount: true, (id, coins) => (ChannelMessages.TopUp(id, coins), coins + ChannelMessages.TopUpGas), withCode: true),
        Link("withdraw", "Show the link with which your wallet asks to take back a part; after the delay, ./cocoon channel take.", hasAmount: true, (id, coins) => (ChannelMessages.AskWithdraw(id, coins), ChannelMessages.CallGas)),
        Link("take", "Show the link that pays out what you asked for, after the delay.", hasAmount: false, (id, _) => (ChannelMessages.DoWithdraw(id), ChannelMessages.CallGas)),
        Link("close", "Show the link with which your wallet starts to close the channel; after the delay, ./cocoon channel finish.", hasAmount: false, (id, _) => (ChannelMessages.StartClose(id), ChannelMessages.CallGas)),
        Link("finish", "Show the link that returns the rest to your wallet, after the delay.", hasAmount: false, (id, _) => (ChannelMessages.FinishClose(id), ChannelMessages.CallGas)),
    };

    private static Command Open()
    {
        var payer = new Option<string>("--payer") { Description = "Your wallet's address: it alone can close the channel, and gets what is left.", Required = true };
        var amount = Amount();
        var delay = new Option<long?>("--close-delay") { Description = "How long you wait when you leave alone, in seconds; by default the shortest that the operator takes." };
        var (file, key, gateway) = (File(), new ChannelKey(), new GatewayOptions());
        var command = new Command("open", "Make a channel to the operator, and show the link with which your wallet funds it.") { payer, amount, delay, file };
        key.AddTo(command);
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            using var http = GatewayHttp.Open(gateway.Gateway(result), gateway.ApiKey(result), Timeout);
            var offer = await AskAsync(http, new HttpRequestMessage(HttpMethod.Get, "/v1/channel-terms"), cancellationToken);
            try
            {
                if (offer.GetProperty("code_hash").GetString() != ContractCode.Channel.Hash.ToString())
                {
                    throw new CommandFailedException("The gateway names another contract than this program knows. Nothing was made.", "Use a program of the gateway's version, and fund nothing before.");
                }

                var network = offer.GetProperty("network").GetInt32();
                using var voucherKey = key.Open(result, network);
                var terms = new ChannelTerms(
                    TonAddress.Parse(result.GetRequiredValue(payer), network, "--payer"),
                    voucherKey.PublicKey,
                    TonAddress.ParseRaw(offer.GetProperty("payee_address").GetString(), "payee_address"),
                    new PublicKey(Bits256.Parse(offer.GetProperty("payee_key").GetString(), "payee_key")),
                    checked((uint)(result.GetValue(delay) ?? offer.GetProperty("least_close_delay").GetInt64())),
                    BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
                var path = PathOf(result, file, gateway);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                ChannelPayer.Create(path, network, terms);
                var opened = await AskAsync(http, new HttpRequestMessage(HttpMethod.Post, "/v1/channels") { Content = Body(terms) }, cancellationToken);
                if (opened.GetProperty("address").GetString() != terms.Address.ToString())
                {
                    throw new CommandFailedException("The gateway comes to another address than this program. Fund nothing.", "Use a program of the gateway's version.");
                }

                var coins = Nano(result.GetValue(amount));
                return Show(path, network, terms, "topup", ChannelMessages.TopUp(QueryId(), coins), coins + ChannelMessages.TopUpGas, withCode: true, output);
            }
            catch (Exception e) when (e is TonFormatException or KeyNotFoundException or InvalidOperationException or OverflowException)
            {
                throw new CommandFailedException($"The channel can't be made: {e.Message}", "Check --payer, and whether --gateway is of this program's version.", innerException: e);
            }
            catch (IOException e)
            {
                throw new CommandFailedException($"The channel's file can't be written: {e.Message}", "Name a new file: --file FILE. A channel's file is never overwritten.", innerException: e);
            }
        });
    }

    private static Command Show()
    {
        var (file, gateway) = (File(), new GatewayOptions());
        var command = new Command("show", "Compare what you used and signed with what the operator says.") { file };
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var (_, terms, promised, used, unsure) = Peek(PathOf(result, file, gateway));
            using var http = GatewayHttp.Open(gateway.Gateway(result), gateway.ApiKey(result), Timeout);
            OperatorChannel word;
            try
            {
                word = OperatorChannel.Read(await AskAsync(http, new HttpRequestMessage(HttpMethod.Get, $"/v1/channels/{terms.Address}"), cancellationToken));
            }
            catch (FormatException e)
            {
                throw new CommandFailedException(e.Message, "See whether --gateway names a gateway of this version.", innerException: e);
            }

            // What was signed bounds what can be claimed; what was asked for bounds what may be counted.
            var over = word.Beyond(promised, used, unsure);
            output.Console.MarkupLineInterpolated($"channel    {terms.Address}, {word.Phase}");
            output.Console.MarkupLineInterpolated($"deposited  {word.Deposited.ToCoinString()} coins, of which the operator has claimed {word.Claimed.ToCoinString()}");
            output.Console.MarkupLineInterpolated($"used       {used.ToCoinString()}, and {unsure.ToCoinString()} at most by requests whose end isn't known; the operator counts {word.Captured.ToCoinString()}, and holds {word.Held.ToCoinString()}");
            output.Console.MarkupLineInterpolated($"signed     {promised.ToCoinString()}");
            if (over > Market.Nano.Zero)
            {
                output.Console.MarkupLineInterpolated($"[red]The operator counts or claimed {over.ToCoinString()} coins more than this file knows of.[/] Was it restored from an older one? If not: ./cocoon channel close");
            }

            if (word.Forks > 0)
            {
                output.Console.MarkupLineInterpolated($"[red]The operator has two different vouchers of {word.Forks} serials:[/] somebody pays with a copy of your file and key, or it was restored.");
            }

            output.Result(
                new ChannelShowResult(
                    terms.Address.ToString(), word.Phase, word.Deposited.ToString(), word.Claimed.ToString(), word.Captured.ToString(), word.Held.ToString(), used.ToString(),
                    unsure.ToString(), promised.ToString(), over.ToString(), word.Forks),
                CommandJson.Default.ChannelShowResult);
            return ExitCode.Success;
        });
    }

    private static Command Link(string name, string description, bool hasAmount, Func<ulong, Nano, (Cell Body, Nano Value)> message, bool withCode = false)
    {
        var (amount, file, gateway) = (Amount(), File(), new GatewayOptions());
        var command = new Command(name, description) { file };
        if (hasAmount)
        {
            command.Add(amount);
        }

        gateway.AddTo(command);
        return command.Runs((result, output, _) =>
        {
            var path = PathOf(result, file, gateway);
            var (network, terms, _, _, _) = Peek(path);
            var (body, value) = message(QueryId(), hasAmount ? Nano(result.GetValue(amount)) : Market.Nano.Zero);
            return Task.FromResult(Show(path, network, terms, name, body, value, withCode, output));
        });
    }

    private static int Show(string path, int network, ChannelTerms terms, string action, Cell body, Nano value, bool withCode, CommandOutput output)
    {
        StateInit? code = withCode ? terms.Init : null;
        var link = TransferLink.ToContract(terms.Address, network, value, body, code);
        var text = link.Uri.AbsoluteUri;
        output.Text.WriteLine(TopUpCommand.Qr(text));
        output.Text.WriteLine(text);
        output.Console.MarkupLineInterpolated($"channel  {link.Address}");
        output.Console.MarkupLineInterpolated($"sends    {value.ToCoinString()} coins; of the gas in it the rest comes back");
        output.Console.MarkupLineInterpolated($"file     {path}  (keep it: it says what you have signed)");
        output.Result(new ChannelLinkResult(link.Address, terms.Address.ToString(), path, action, value.ToString(), text), CommandJson.Default.ChannelLinkResult);
        return ExitCode.Success;
    }

    private static Option<decimal> Amount() => new("--amount") { Description = "How many coins.", Required = true };

    private static Option<string?> File() => new("--file") { Description = $"The channel's file; by default {FileName} in the data folder.", HelpName = "file" };

    private static string PathOf(ParseResult result, Option<string?> file, GatewayOptions gateway) =>
        Path.GetFullPath(result.GetValue(file) ?? Path.Combine(gateway.Folder(result), FileName));

    private static (int Network, ChannelTerms Terms, Nano Promised, Nano Used, Nano Unsure) Peek(string path)
    {
        try
        {
            return ChannelPayer.Peek(path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The channel's file can't be read: {e.Message}", "Make a channel with ./cocoon channel open, or name its file with --file.", innerException: e);
        }
    }

    private static ulong QueryId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private static Nano Nano(decimal coins)
    {
        var nano = coins * Market.Nano.PerCoin;
        return coins > 0 && coins <= 1_000_000_000 && nano == decimal.Truncate(nano)
            ? new Nano((long)nano)
            : throw new CommandFailedException("--amount must be above zero, with nine decimals at most.", "--amount 1.5");
    }

    private static JsonContent Body(ChannelTerms terms) => JsonContent.Create(new
    {
        payer_address = terms.PayerAddress.ToString(),
        payer_key = terms.PayerKey.ToString(),
        close_delay = (long)terms.CloseDelay,
        salt = terms.Salt.ToString("x16", CultureInfo.InvariantCulture),
    });

    private static async Task<JsonElement> AskAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using (request)
            {
                using var response = await http.SendAsync(request, cancellationToken);
                return response.IsSuccessStatusCode
                    ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
                    : throw await GatewayRefusal.ReadAsync(response, cancellationToken);
            }
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
