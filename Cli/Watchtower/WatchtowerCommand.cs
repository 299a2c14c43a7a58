using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Signatures;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace CocoonOrleans.Cli.Watchtower;

/// <summary>
/// <c>cocoon watchtower</c>: charges vouchers whose payer is leaving, for a payee that is away. It holds vouchers and a little gas, so whoever takes it can only pay
/// the payee. Run one apart from all else.
/// </summary>
internal static class WatchtowerCommand
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var vouchers = new Option<DirectoryInfo>("--vouchers")
        {
            Description = "The folder with the vouchers: a copy of the folder vouchers of a worker's data, or of a silo's Channels:VoucherCopies. It is read again each time.",
            HelpName = "folder",
            Required = true,
        };
        var key = new Option<string>("--key") { Description = "The wallet that pays for gas: ./cocoon key create FILE --purpose wallet. A coin lasts for a hundred charges.", HelpName = "file", Required = true };
        var passphrase = new Option<string>("--passphrase-file") { Description = "The file with the key's passphrase.", HelpName = "file", Required = true };
        var endpoints = new Option<Uri[]>("--chain")
        {
            Description = "toncenter's API, up to and with /api/v2/. Two of different owners are two witnesses: one alone is believed for small amounts only.",
            HelpName = "address",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = ReadAddresses,
        };
        var interval = new Option<TimeSpan>("--interval")
        {
            Description = "How often to look. By default every minute; it must be much shorter than the channels' delay.",
            HelpName = "time",
            DefaultValueFactory = _ => TimeSpan.FromMinutes(1),
        };
        var once = new Option<bool>("--once") { Description = "Look once, and end when what is charged is claimed." };
        vouchers.AcceptExistingOnly();
        interval.Validators.Add(result =>
        {
            if (result.GetValue(interval) is var value && (value < ShortestInterval || value > LongestInterval))
            {
                result.AddError("--interval must be 00:00:01 to 01:00:00.");
            }
        });
        var command = new Command("watchtower", "Charge vouchers whose payer is leaving, while the payee is away.") { vouchers, key, passphrase, endpoints, interval, once };
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var (signing, network) = Open(result.GetRequiredValue(key), result.GetRequiredValue(passphrase));
            using var owned = signing;
            using var chain = new TonChain(Options(network, result.GetRequiredValue(endpoints)), TimeProvider.System, NullLogger<TonChain>.Instance);
            try
            {
                await chain.CheckAsync(cancellationToken);
                var tower = new Tower(chain, new VoucherFolder(result.GetRequiredValue(vouchers).FullName, network), new GasWallet(chain, signing, network), TimeProvider.System);
                output.Console.MarkupLineInterpolated($"Gas is paid by {tower.Gas.Shown}.");
                return result.GetValue(once)
                    ? await OnceAsync(tower, output, cancellationToken)
                    : await WatchAsync(tower, result.GetValue(interval), output, cancellationToken);
            }
            catch (ChainException away)
            {
                throw new CommandFailedException($"The chain can't be asked: {away.Message}", "Check --chain; the key's network must be the chain's.", innerException: away);
            }
        });
    }

    private static async Task<int> OnceAsync(Tower tower, CommandOutput output, CancellationToken cancellationToken)
    {
        var round = await tower.LookAsync(cancellationToken);
        Show(round, output);
        if (round.Channels.Any(channel => channel.Action == TowerAction.Charging))
        {
            round = await tower.SettleAsync(round, cancellationToken);
            Show(round, output);
        }

        output.Result(TowerResult.Of(round), CommandJson.Default.TowerResult);
        return round.IsSafe ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<int> WatchAsync(Tower tower, TimeSpan interval, CommandOutput output, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        TowerRound? last = null;
        try
        {
            do
            {
                var round = await LookAsync(tower, output, cancellationToken);
                if (round is not null && (last is null || !round.Says(last)))
                {
                    Show(round, output);
                    last = round;
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C ends it.
        }

        output.Result(last is null ? TowerResult.Nothing : TowerResult.Of(last), CommandJson.Default.TowerResult);
        return ExitCode.Success;
    }

    /// <summary>A chain that is away for an hour ends no watchtower.</summary>
    private static async Task<TowerRound?> LookAsync(Tower tower, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            return await tower.LookAsync(cancellationToken);
        }
        catch (ChainException away)
        {
            output.Console.MarkupLineInterpolated($"[yellow]The chain can't be asked[/]: {away.Message}. It is tried again.");
            return null;
        }
    }

    private static void Show(TowerRound round, CommandOutput output)
    {
        foreach (var channel in round.Channels)
        {
            var color = channel.Action switch { TowerAction.None => "dim", TowerAction.Charging or TowerAction.Charged when !channel.IsLate => "green", _ => "red" };
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{color}]{channel.Action.ToString().ToLowerInvariant()}[/]  {channel.Channel}  {channel.Reason}");
        }

        if (round.Channels.Count == 0)
        {
            output.Console.MarkupLine("There is no voucher in the folder.");
        }
    }

    private static Uri[]? ReadAddresses(ArgumentResult argument)
    {
        List<Uri> addresses = [];
        foreach (var token in argument.Tokens)
        {
            if (!Uri.TryCreate(token.Value, UriKind.Absolute, out var address))
            {
                argument.AddError($"--chain must be an address such as https://toncenter.com/api/v2/, not {token.Value}.");
                return null;
            }

            addresses.Add(address);
        }

        return [.. addresses];
    }

    private static ChainOptions Options(int network, Uri[] endpoints)
    {
        var options = new ChainOptions { Network = network };
        options.Endpoints.AddRange(endpoints.Select(address => new ChainEndpointOptions { Address = address }));
        List<System.ComponentModel.DataAnnotations.ValidationResult> failures = [];
        return Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true)
            ? options
            : throw new CommandFailedException($"--chain: {failures[0].ErrorMessage}", "Name an https address that ends with /api/v2/.");
    }

    private static (SigningKey Key, int Network) Open(string file, string passphraseFile)
    {
        try
        {
            var passphrase = KeyFile.ReadPassphrase(passphraseFile);
            try
            {
                var network = KeyFile.ReadNetwork(file);
                return (KeyFile.Open(file, KeyPurpose.Wallet, network, passphrase), network);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(passphrase);
            }
        }
        catch (KeyFileException refused)
        {
            throw new CommandFailedException(refused.Message, "Name a wallet's key: ./cocoon key create FILE --purpose wallet", innerException: refused);
        }
    }
}
