using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Cli.Registry;

/// <summary>Options that say what a registry is to hold: its owners and its parameters.</summary>
internal sealed class RegistryWords
{
    private static readonly TimeSpan LeastDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan MostDelay = TimeSpan.FromDays(30);

    private readonly Option<string[]> _owners = new("--owner")
    {
        Description = "An owner's public key, 64 hex digits; up to 15, in the order of their numbers. ./cocoon key create FILE --purpose owner makes one.",
        HelpName = "key",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> _needed = new("--needed") { Description = "How many owners must sign.", Required = true, CustomParser = WholeNumber.Between(1, RegistryOwners.MaxOwners) };
    private readonly Option<TimeSpan> _delay = new("--delay")
    {
        Description = "How long what adds must wait in the open: 01:00:00 to 30.00:00:00.",
        HelpName = "time",
        DefaultValueFactory = _ => TimeSpan.FromHours(48),
    };

    private readonly Option<int> _leastCloseDelay = new("--least-close-delay") { Description = "The shortest delay of a channel, in seconds.", DefaultValueFactory = _ => 3_600, CustomParser = WholeNumber.Between(1, int.MaxValue) };
    private readonly Option<int> _mostCloseDelay = new("--most-close-delay") { Description = "The longest delay of a channel, in seconds.", DefaultValueFactory = _ => 604_800, CustomParser = WholeNumber.Between(1, int.MaxValue) };
    private readonly Option<int> _commission = new("--most-commission") { Description = "The highest commission, in millionths.", DefaultValueFactory = _ => 200_000, CustomParser = WholeNumber.Between(0, 1_000_000) };
    private readonly Option<decimal> _leastTopUp = new("--least-top-up") { Description = "The lowest deposit, in coins.", DefaultValueFactory = _ => 0.5m };

    public RegistryWords() => _delay.Validators.Add(result =>
    {
        if (result.GetValue(_delay) is var value && (value < LeastDelay || value > MostDelay))
        {
            result.AddError("--delay must be 01:00:00 to 30.00:00:00.");
        }
    });

    /// <summary>Adds the options of owners and time lock.</summary>
    public void AddOwnersTo(Command command)
    {
        command.Add(_owners);
        command.Add(_needed);
        command.Add(_delay);
    }

    /// <summary>Adds the options of parameters.</summary>
    public void AddParametersTo(Command command)
    {
        command.Add(_leastCloseDelay);
        command.Add(_mostCloseDelay);
        command.Add(_commission);
        command.Add(_leastTopUp);
    }

    /// <summary>The time lock in seconds.</summary>
    public uint Delay(ParseResult result) => (uint)result.GetValue(_delay).TotalSeconds;

    /// <summary>The owners.</summary>
    /// <exception cref="CommandFailedException">They are none that a registry takes.</exception>
    public RegistryOwners Owners(ParseResult result)
    {
        try
        {
            var keys = result.GetRequiredValue(_owners);
            return keys.Length <= RegistryOwners.MaxOwners
                ? new RegistryOwners(
                    result.GetValue(_needed),
                    keys.Select((key, number) => (Key: new PublicKey(Bits256.Parse(key, "--owner")), Number: (byte)number)).ToDictionary(owner => owner.Number, owner => owner.Key))
                : throw new TonFormatException("--owner", $"at most {RegistryOwners.MaxOwners} owners");
        }
        catch (TonFormatException wrong)
        {
            throw new CommandFailedException(wrong.Message, "Name each owner's public key once, and no more with --needed than there are.", innerException: wrong);
        }
    }

    /// <summary>The parameters. The channel's code is that of this program.</summary>
    /// <exception cref="CommandFailedException">They exclude each other.</exception>
    public RegistryParameters Parameters(ParseResult result)
    {
        var coins = result.GetValue(_leastTopUp) * Nano.PerCoin;
        var (least, most) = (result.GetValue(_leastCloseDelay), result.GetValue(_mostCloseDelay));
        return coins >= 0 && coins <= long.MaxValue && coins == decimal.Truncate(coins) && least <= most
            ? new RegistryParameters(ContractCode.Channel.Hash, (uint)least, (uint)most, (uint)result.GetValue(_commission), new Nano((long)coins))
            : throw new CommandFailedException(
                "The parameters exclude each other, or --least-top-up has more than nine decimals.", "The shortest delay must not be above the longest; coins have nine decimals.");
    }

    /// <summary>An argument of 64 hex digits.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is.</param>
    public static Argument<Bits256> Hash(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            try
            {
                return Bits256.Parse(argument.Tokens.Single().Value, name);
            }
            catch (TonFormatException wrong)
            {
                argument.AddError(wrong.Message);
                return default;
            }
        },
    };
}
