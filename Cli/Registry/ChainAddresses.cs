using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Chain;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Cli.Registry;

/// <summary>The option <c>--chain</c>: the endpoints that are asked.</summary>
internal static class ChainAddresses
{
    /// <summary>The option.</summary>
    /// <param name="required">Whether it must be given.</param>
    public static Option<Uri[]> Create(bool required = true) => new("--chain")
    {
        Description = "toncenter's API, up to and with /api/v2/. Name two of different owners: then both must say the same.",
        HelpName = "address",
        Required = required,
        Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        CustomParser = Read,
    };

    /// <summary>The chain, compared with the network that is expected.</summary>
    /// <param name="network">The network.</param>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandFailedException">It can't be asked, or is another.</exception>
    public static async Task<TonChain> OpenAsync(int network, Uri[] endpoints, CancellationToken cancellationToken)
    {
        var options = new ChainOptions { Network = network };
        options.Endpoints.AddRange(endpoints.Select(address => new ChainEndpointOptions { Address = address }));
        List<System.ComponentModel.DataAnnotations.ValidationResult> failures = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true))
        {
            throw new CommandFailedException($"--chain: {failures[0].ErrorMessage}", "Name an https address that ends with /api/v2/.");
        }

        var chain = new TonChain(options, TimeProvider.System, NullLogger<TonChain>.Instance);
        try
        {
            await chain.CheckAsync(cancellationToken);
            return chain;
        }
        catch (ChainException away)
        {
            chain.Dispose();
            throw Failed(away);
        }
    }

    /// <summary>What is said where a chain gives no answer.</summary>
    public static CommandFailedException Failed(ChainException away) =>
        new($"The chain can't be asked: {away.Message}", "Check --chain and --network: the chain must be of the network that the key or --network names.", innerException: away);

    private static Uri[]? Read(ArgumentResult argument)
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
}
