using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Demo;

/// <summary>What the chain says of the demo's payout.</summary>
/// <param name="Provider">The provider's account.</param>
/// <param name="Channel">Its channel, in raw form.</param>
/// <param name="Address">Where it was paid, in raw form.</param>
/// <param name="Transaction">Hash of the transaction in which the coins arrived, 64 hexadecimal digits.</param>
/// <param name="Arrived">What arrived in it.</param>
/// <param name="OnChain">What lies at the address.</param>
/// <param name="Claimed">What the channel says that it has paid.</param>
/// <param name="Fee">What the way of a payout costs, by the chain's configuration: the provider bears it.</param>
internal sealed record DemoPayout(string Provider, string Channel, string Address, string Transaction, Nano Arrived, Nano OnChain, Nano Claimed, Nano Fee);
