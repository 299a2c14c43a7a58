using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>What a random run does, all of it drawn from a seed before the first step: the same seed gives the same payments, faults and kills.</summary>
internal sealed class FaultPlan
{
    private const int Payees = 3;
    private readonly Random _random;

    public FaultPlan(int seed, int steps)
    {
        _random = new Random(seed);
        Addresses = [.. Enumerable.Range(0, Payees + 2).Select(_ => new TonAddress(0, new Bits256(Bytes(32))))];
        Steps = [.. Enumerable.Range(0, steps).Select(_ => Draw())];
    }

    /// <summary>Where coins go that others placed intents for.</summary>
    public IReadOnlyList<TonAddress> PayeeAddresses => Addresses[..Payees];

    /// <summary>Where the provider is paid that has a channel.</summary>
    public TonAddress ChannelAddress => Addresses[Payees];

    /// <summary>Where the provider is paid that gets transfers.</summary>
    public TonAddress TransferAddress => Addresses[Payees + 1];

    public IReadOnlyList<Step> Steps { get; }

    private TonAddress[] Addresses { get; }

    /// <param name="Payouts">Payouts that are placed, twice, as who was told nothing does.</param>
    /// <param name="Jobs">Jobs that are served, twice.</param>
    /// <param name="Fault">What breaks before.</param>
    /// <param name="Kills">Whether the silo is killed after.</param>
    public sealed record Step(IReadOnlyList<Payout> Payouts, IReadOnlyList<Job> Jobs, Fault Fault, bool Kills);

    public sealed record Payout(Guid Id, int Payee, Nano Amount);

    /// <param name="Id">The job.</param>
    /// <param name="ByChannel">Whether the provider is served that has a channel.</param>
    /// <param name="Amount">What the client is charged.</param>
    public sealed record Job(Guid Id, bool ByChannel, Nano Amount);

    /// <param name="Method">The chain's method that breaks something.</param>
    /// <param name="Parameters">Its parameters, but for the wallet's address.</param>
    /// <param name="OfWallet">Whether it is for the wallet's address alone.</param>
    public sealed record Fault(string Method, IReadOnlyDictionary<string, int> Parameters, bool OfWallet);

    private Step Draw() => new(
        [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => new Payout(new Guid(Bytes(16)), _random.Next(Payees), new Nano(_random.NextInt64(1, 3 * Nano.PerCoin))))],
        [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => new Job(new Guid(Bytes(16)), _random.Next(2) == 0, new Nano(_random.NextInt64(1, Nano.PerCoin))))],
        DrawFault(),
        _random.Next(4) == 0);

    private Fault DrawFault()
    {
        (int times, int endpoint, int blocks, int seconds) = (_random.Next(1, 8), _random.Next(1, 3), _random.Next(1, 4), _random.Next(1, 46));
        return _random.Next(8) switch
        {
            0 => new Fault("dev_drop", Of(("times", times)), OfWallet: true),
            1 => new Fault("dev_hold", Of(("times", times)), OfWallet: true),
            2 => new Fault("dev_fail", Of(("endpoint", endpoint), ("status", 503), ("times", times)), OfWallet: false),
            3 => new Fault("dev_fail", Of(("status", 429), ("times", times)), OfWallet: false),
            4 => new Fault("dev_stale", Of(("endpoint", endpoint), ("blocks", blocks), ("times", times)), OfWallet: false),
            5 => new Fault("dev_duplicate", Of(("times", times)), OfWallet: true),

            // What was sent may have expired by now, and run at the last moment.
            6 => new Fault("dev_now", Of(("advance", seconds)), OfWallet: false),
            _ => new Fault("dev_release", Of(), OfWallet: false),
        };
    }

    private static Dictionary<string, int> Of(params (string Name, int Value)[] parameters) => parameters.ToDictionary(pair => pair.Name, pair => pair.Value);

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
