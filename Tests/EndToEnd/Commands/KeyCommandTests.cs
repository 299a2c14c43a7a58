using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

public sealed class KeyCommandTests
{
    [Fact]
    public async Task KeyCreate_Wallet_WritesAFileThatASiloOpens()
    {
        using var folder = new TemporaryFolder();
        string passphrase = Path.Combine(folder.Path, "passphrase");
        string file = Path.Combine(folder.Path, "wallet.key");
        await File.WriteAllTextAsync(passphrase, "a passphrase of tests\n");
        string[] command = ["key", "create", file, "--purpose", "wallet", "--network", "testnet", "--passphrase-file", passphrase, "--json"];

        // Readable by others: refused.
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal(1, (await Cocoon.RunAsync(command)).ExitCode);
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (exitCode, output, _) = await Cocoon.RunAsync(command);
        Assert.Equal(0, exitCode);
        var made = Cocoon.Json(output);

        using SigningKey key = KeyFile.Open(file, KeyPurpose.Wallet, TonNetwork.Testnet, KeyFile.ReadPassphrase(passphrase));
        Assert.Equal(key.PublicKey.ToString(), made.GetProperty("publicKey").GetString());
        Assert.Equal(new WalletV5R1(key.PublicKey, TonNetwork.Testnet).Address.ToString(), made.GetProperty("address").GetString());

        // Never over another one.
        Assert.Equal(1, (await Cocoon.RunAsync(command)).ExitCode);
    }
}
