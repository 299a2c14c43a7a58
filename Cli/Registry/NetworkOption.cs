using System.CommandLine;
using CocoonOrleans.Ton;

namespace CocoonOrleans.Cli.Registry;

/// <summary>The option <c>--network</c> of commands that ask a chain and hold no key: the chain's answer is compared with it.</summary>
internal static class NetworkOption
{
    private static readonly Dictionary<string, int> Networks = new()
    {
        ["mainnet"] = TonNetwork.Mainnet,
        ["testnet"] = TonNetwork.Testnet,
        ["development"] = TonNetwork.Development,
    };

    /// <summary>The option.</summary>
    /// <param name="name">Its name, where <c>--network</c> means something else.</param>
    public static Option<string> Create(string name = "--network")
    {
        var option = new Option<string>(name) { Description = "The network that the chain must be of.", DefaultValueFactory = _ => "mainnet" };
        option.AcceptOnlyFromAmong([.. Networks.Keys]);
        return option;
    }

    /// <summary>Its number, config parameter 19.</summary>
    public static int Number(string name) => Networks[name];

    /// <summary>The name of a number.</summary>
    public static string Name(int number) => Networks.FirstOrDefault(network => network.Value == number).Key ?? "unknown";
}
