using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Registries;

namespace CocoonOrleans.Cli.Registry;

/// <summary>Which registry, on which chain.</summary>
internal sealed class RegistryTarget
{
    private readonly Option<string> _registry = new("--registry") { Description = "The registry's address.", HelpName = "address", Required = true };
    private readonly Option<Uri[]> _chain = ChainAddresses.Create();
    private readonly Option<string> _network = NetworkOption.Create();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_registry);
        command.Add(_chain);
        command.Add(_network);
    }

    /// <summary>Reads the registry.</summary>
    /// <exception cref="CommandFailedException">It can't be read.</exception>
    public async Task<RegistrySnapshot> ReadAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var network = NetworkOption.Number(result.GetRequiredValue(_network));
        var address = Parse(result.GetRequiredValue(_registry), network, "--registry");
        using var chain = await ChainAddresses.OpenAsync(network, result.GetRequiredValue(_chain), cancellationToken);
        return await ReadAsync(chain, address, cancellationToken);
    }

    /// <summary>Reads a registry from a chain.</summary>
    /// <exception cref="CommandFailedException">It can't be read.</exception>
    public static async Task<RegistrySnapshot> ReadAsync(TonChain chain, TonAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await new RegistryReader(chain, address, floor: null).ReadAsync(cancellationToken);
        }
        catch (ChainException away)
        {
            throw ChainAddresses.Failed(away);
        }
        catch (RegistryException unusable)
        {
            throw new CommandFailedException(unusable.Message, "Check --registry and --network; ./cocoon registry deploy makes a registry.", innerException: unusable);
        }
    }

    /// <summary>An address that was typed.</summary>
    /// <exception cref="CommandFailedException">It is none.</exception>
    public static TonAddress Parse(string text, int network, string option)
    {
        try
        {
            return TonAddress.Parse(text, network, option);
        }
        catch (TonFormatException wrong)
        {
            throw new CommandFailedException(wrong.Message, "Copy the address again, in either form.", innerException: wrong);
        }
    }
}
