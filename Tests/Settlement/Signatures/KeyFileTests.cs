using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Tests.Settlement.Signatures;

public sealed class KeyFileTests : IDisposable
{
    private static readonly byte[] Passphrase = "correct horse battery"u8.ToArray();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-keys-");

    private string File => Path.Combine(_folder.FullName, "wallet.key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Open_WhatWasCreated_IsTheSameKey()
    {
        PublicKey created = KeyFile.Create(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase);

        using SigningKey opened = KeyFile.Open(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase);

        Assert.Equal(created, opened.PublicKey);
        Assert.True(created.Verifies(Cell.Empty, opened.Sign(Cell.Empty)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void Open_ForAnotherPurposeOrNetwork_IsRefused()
    {
        KeyFile.Create(File, KeyPurpose.Voucher, TonNetwork.Development, Passphrase);

        Refused("Voucher key", () => KeyFile.Open(File, KeyPurpose.Wallet, TonNetwork.Development, Passphrase));
        Refused("network -1000", () => KeyFile.Open(File, KeyPurpose.Voucher, TonNetwork.Mainnet, Passphrase));

        // Written over in the file, it still doesn't open: that is part of what is encrypted.
        System.IO.File.WriteAllText(File, System.IO.File.ReadAllText(File).Replace("-1000", "-239", StringComparison.Ordinal));
        Refused("passphrase is wrong", () => KeyFile.Open(File, KeyPurpose.Voucher, TonNetwork.Mainnet, Passphrase));
    }

    [Fact]
    public void Open_WrongPassphrase_IsRefusedWithoutAWordOfIt()
    {
        KeyFile.Create(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase);

        Assert.DoesNotContain("battery", Refused("passphrase is wrong", () => KeyFile.Open(File, KeyPurpose.Wallet, TonNetwork.Mainnet, "a wrong battery"u8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ReadableByOthers_IsRefused()
    {
        KeyFile.Create(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Refused("chmod 600", () => KeyFile.Open(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase));
        Refused("chmod 600", () => KeyFile.ReadPassphrase(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"format":"cocoon-key-v1","purpose":"Wallet","network":-239,"publicKey":"00","salt":"AA==","nonce":"AA==","encrypted":"AA=="}""")]
    [InlineData("""{"format":"cocoon-key-v1","purpose":"Wallet","network":-239,"publicKey":"00","salt":"AAAAAAAAAAAAAAAAAAAAAA==","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","encrypted":"AA=="}""")]
    public void Open_NoKeyFile_IsRefused(string content)
    {
        System.IO.File.WriteAllText(File, content);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Refused("", () => KeyFile.Open(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase));
    }

    [Fact]
    public void Create_OverAnother_IsRefused()
    {
        KeyFile.Create(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase);

        Refused("", () => KeyFile.Create(File, KeyPurpose.Wallet, TonNetwork.Mainnet, Passphrase));
        Refused("12 to", () => KeyFile.Create(File + "2", KeyPurpose.Wallet, TonNetwork.Mainnet, "short"u8));
    }

    [Fact]
    public void ReadPassphrase_LineEnd_IsNotPartOfIt()
    {
        System.IO.File.WriteAllText(File, "correct horse battery\r\n");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Equal(Passphrase, KeyFile.ReadPassphrase(File));
    }

    private static string Refused(string reason, Action call)
    {
        string message = Assert.Throws<KeyFileException>(call).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        return message;
    }
}
