using System.CommandLine;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;
using Spectre.Console;

namespace CocoonOrleans.Cli.Keys;

/// <summary><c>cocoon key create</c>: a key for a silo that settles.</summary>
internal static class KeyCommand
{
    private static readonly Dictionary<string, int> Networks = new()
    {
        ["mainnet"] = TonNetwork.Mainnet,
        ["testnet"] = TonNetwork.Testnet,
        ["development"] = TonNetwork.Development,
    };

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The key file to write. It must not exist." };
        var purpose = new Option<string>("--purpose") { Description = "wallet: pays; voucher: promises; provider: names a provider; owner: signs for a registry. No key is for two things.", Required = true };
        purpose.AcceptOnlyFromAmong("wallet", "voucher", "provider", "owner");
        var network = new Option<string>("--network") { Description = "Where it works, and nowhere else.", Required = true };
        network.AcceptOnlyFromAmong([.. Networks.Keys]);
        var passphrase = new Option<string>("--passphrase-file") { Description = "A file of mode 0600 with a passphrase of 12 bytes or more.", Required = true };
        var create = new Command("create", "Make a key, encrypted in a file of mode 0600.") { file, purpose, network, passphrase };
        create.Runs((result, output, _) => Task.FromResult(Create(
            Path.GetFullPath(result.GetRequiredValue(file)),
            Enum.Parse<KeyPurpose>(result.GetRequiredValue(purpose), ignoreCase: true),
            Networks[result.GetRequiredValue(network)],
            result.GetRequiredValue(passphrase),
            output)));
        return new Command("key", "Make keys for a silo that settles on TON, for providers, and for the owners of a registry.") { create };
    }

    private static int Create(string file, KeyPurpose purpose, int network, string passphraseFile, CommandOutput output)
    {
        try
        {
            byte[] passphrase = KeyFile.ReadPassphrase(passphraseFile);
            PublicKey key;
            try
            {
                key = KeyFile.Create(file, purpose, network, passphrase);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(passphrase);
            }

            TonAddress? address = purpose == KeyPurpose.Wallet ? new WalletV5R1(key, network).Address : null;
            string? friendly = address?.ToFriendlyString(bounceable: false, testOnly: network != TonNetwork.Mainnet);
            output.Console.MarkupLineInterpolated($"{file}: a {purpose.ToString().ToLowerInvariant()} key, public part {key}");
            if (friendly is not null)
            {
                output.Console.MarkupLineInterpolated($"Its wallet: {friendly}. Send coins there before it is to pay. Without this file and its passphrase they are lost.");
            }

            output.Result(
                new KeyCreation(file, purpose.ToString().ToLowerInvariant(), network, key.ToString(), address?.ToString(), friendly),
                CommandJson.Default.KeyCreation);
            return ExitCode.Success;
        }
        catch (KeyFileException refused)
        {
            throw new CommandFailedException(refused.Message, "Name a new file, and a passphrase file that only you can read.", innerException: refused);
        }
    }
}
