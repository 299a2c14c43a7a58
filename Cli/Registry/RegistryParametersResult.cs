namespace CocoonOrleans.Cli.Registry;

/// <summary>Parameters of a registry.</summary>
/// <param name="ChannelCodeHash">Hash of the channel contract in use.</param>
/// <param name="LeastCloseDelaySeconds">The shortest delay of a channel.</param>
/// <param name="MostCloseDelaySeconds">The longest delay of a channel.</param>
/// <param name="MostCommissionPerMillion">The highest commission.</param>
/// <param name="LeastTopUp">The lowest deposit, in nano.</param>
public sealed record RegistryParametersResult(string ChannelCodeHash, uint LeastCloseDelaySeconds, uint MostCloseDelaySeconds, uint MostCommissionPerMillion, string LeastTopUp);
