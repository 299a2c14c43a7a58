using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using QRCoder;
using Spectre.Console;

namespace CocoonOrleans.Cli.Accounts;

/// <summary><c>cocoon account topup</c>: the link and the QR code with which a wallet pays in for the account of an API key.</summary>
internal static class TopUpCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var amount = new Option<decimal?>("--amount") { Description = "How many coins; by default you decide in your wallet." };
        var gateway = new GatewayOptions();
        var command = new Command("topup", "Show the link and the QR code with which a wallet pays in for the account of your API key.") { amount };
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var pay = await AskAsync(gateway.Gateway(result), gateway.ApiKey(result), result.GetValue(amount), cancellationToken);
            output.Text.WriteLine(Qr(pay.Link));
            output.Text.WriteLine(pay.Link);
            output.Console.MarkupLineInterpolated($"address  {pay.Address}");
            output.Console.MarkupLineInterpolated($"memo     {pay.Memo}  (the comment; without it nobody knows whose the coins are)");
            output.Console.MarkupLineInterpolated($"amount   {(pay.Amount is { } given ? Coins(given) : $"{Coins(pay.Least)} to {Coins(pay.Most)}")} {pay.Currency.Name}");
            output.Console.MarkupLineInterpolated($"balance  {Coins(pay.Balance)}. Until you spend it, the operator has it.");
            output.Result(pay, CommandJson.Default.TopUpResult);
            return ExitCode.Success;
        });
    }

    /// <summary>A QR code of half blocks, for a terminal.</summary>
    internal static string Qr(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall();
    }

    /// <summary>Nano as coins.</summary>
    internal static string Coins(string nano) => Nano.TryParse(nano, out var amount) ? amount.ToCoinString() : throw new JsonException("an amount is no number of nano");

    private static async Task<TopUpResult> AskAsync(Uri gateway, string key, decimal? coins, CancellationToken cancellationToken)
    {
        using var http = GatewayHttp.Open(gateway, key, Timeout);
        try
        {
            using var response = await http.PostAsJsonAsync("/v1/topups", new { amount = coins is { } some ? NanoOf(some) : null }, cancellationToken);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<TopUpResult>(Json, cancellationToken) ?? throw new JsonException("an empty answer")
                : throw await GatewayRefusal.ReadAsync(response, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException($"The gateway {gateway} can't be reached: {exception.Message}", "Start the network with ./cocoon up, or name another with --gateway.", innerException: exception);
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException($"The gateway's answer can't be read: {exception.Message}", "See whether --gateway names a gateway.", innerException: exception);
        }
    }

    private static string NanoOf(decimal coins)
    {
        var nano = coins * Nano.PerCoin;
        return coins > 0 && nano == decimal.Truncate(nano) && nano <= long.MaxValue
            ? ((long)nano).ToString(CultureInfo.InvariantCulture)
            : throw new CommandFailedException("--amount must be above zero, with nine decimals at most.", "--amount 1.5");
    }
}
