using System.CommandLine;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Cli.Channels;

/// <summary>The options that name a voucher key, and opening it.</summary>
internal sealed class ChannelKey
{
    private readonly Option<string?> _key = new("--voucher-key") { Description = "The channel's voucher key: ./cocoon key create FILE --purpose voucher.", HelpName = "file" };
    private readonly Option<string?> _passphrase = new("--passphrase-file") { Description = "The key's passphrase, in a file of mode 0600.", HelpName = "file" };

    public void AddTo(Command command)
    {
        command.Add(_key);
        command.Add(_passphrase);
    }

    /// <summary>Opens the key for a network.</summary>
    /// <exception cref="CommandFailedException">It isn't named, or can't be opened.</exception>
    public SigningKey Open(ParseResult result, int network)
    {
        if (result.GetValue(_key) is not { } file || result.GetValue(_passphrase) is not { } passphraseFile)
        {
            throw new CommandFailedException("No voucher key is named.", "--voucher-key FILE --passphrase-file FILE; make one with ./cocoon key create FILE --purpose voucher");
        }

        try
        {
            byte[] passphrase = KeyFile.ReadPassphrase(passphraseFile);
            try
            {
                return KeyFile.Open(file, KeyPurpose.Voucher, network, passphrase);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(passphrase);
            }
        }
        catch (KeyFileException e)
        {
            throw new CommandFailedException(e.Message, "Name the key file that ./cocoon key create made for this network, and its passphrase file.", innerException: e);
        }
    }

    /// <summary>Opens a channel's file for paying.</summary>
    /// <exception cref="CommandFailedException">File or key can't be used.</exception>
    public ChannelPayer OpenPayer(ParseResult result, string file)
    {
        try
        {
            var key = Open(result, ChannelPayer.Peek(file).Network);
            try
            {
                return ChannelPayer.Open(file, key);
            }
            catch
            {
                key.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The channel's file can't be used: {e.Message}", "One process pays from it at a time. Make one with ./cocoon channel open.", innerException: e);
        }
    }
}
