using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Tunnel.Messages;
using Spectre.Console;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker charge</c>: the message that brings a voucher to the chain, for any wallet to send: a provider needs nobody to be paid what was promised.</summary>
internal static class ChargeCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--voucher")
        {
            Description = "A voucher that a worker of yours keeps: a file of the folder vouchers in its data folder. Without it the operator is asked for the last one.",
            HelpName = "file",
        };
        var keys = new ProviderKeyOptions();
        var command = new Command("charge", "Print a link with which any wallet brings your voucher to the chain, whether or not the operator is there.") { file };
        keys.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var voucher = result.GetValue(file) is { } named ? await ReadFileAsync(named, cancellationToken) : await AskAsync(keys, result, cancellationToken);
            Show(voucher, output);
            return ExitCode.Success;
        });
    }

    private static async Task<SignedVoucher> AskAsync(ProviderKeyOptions keys, ParseResult result, CancellationToken cancellationToken)
    {
        var (key, network) = keys.Open(result);
        using var owned = key;
        using var gateway = keys.OpenGateway(result);
        var statement = await EarningsCommand.ReadAsync(gateway, key, network, days: 1, cancellationToken);
        return statement.Channel is { Voucher.Length: > 0 } channel
            ? Parse(channel.Voucher, "the operator's answer")
            : throw new CommandFailedException("No voucher was signed for you yet.", "Vouchers are signed some seconds after you earned something: ./cocoon worker earnings");
    }

    private static async Task<SignedVoucher> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var kept = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellationToken), TunnelJson.Default.ProviderVoucher);
            return Parse(kept is { IsValid: true } valid ? valid.Voucher : [], file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandFailedException($"{file} can't be read: {exception.Message}", "Name a file of the folder vouchers in a worker's data folder.", innerException: exception);
        }
    }

    private static SignedVoucher Parse(byte[] bytes, string source)
    {
        try
        {
            return SignedVoucher.Parse(bytes);
        }
        catch (TonFormatException malformed)
        {
            throw new CommandFailedException($"{source} holds no voucher: {malformed.Message}", "Ask the operator.", innerException: malformed);
        }
    }

    private static void Show(SignedVoucher signed, CommandOutput output)
    {
        var voucher = signed.Voucher;

        // Any number does: it comes back with the rest of the gas.
        var body = Boc.Write(ChannelMessages.Charge(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 1, signed));
        var channel = voucher.Channel.ToFriendlyString(bounceable: true, testOnly: voucher.Network != TonNetwork.Mainnet);
        var link = $"ton://transfer/{channel}?amount={ChannelMessages.CallGas}&bin={Base64Url.EncodeToString(body)}";
        output.Console.MarkupLineInterpolated($"Voucher {voucher.Serial} of channel {channel}: {voucher.Cumulative.ToCoinString()} coins over its life.");
        output.Console.MarkupLineInterpolated($"Any wallet of network {voucher.Network} may send this. It carries {ChannelMessages.CallGas.ToCoinString()} coins, of which some 0.01 are used; what isn't claimed yet goes to your payout address.");
        output.Text.WriteLine(link);
        output.Result(
            new ChargeResult(voucher.Channel.ToString(), voucher.Network, checked((long)voucher.Serial), voucher.Cumulative.ToString(), ChannelMessages.CallGas.ToString(), Convert.ToBase64String(body), link),
            CommandJson.Default.ChargeResult);
    }
}
