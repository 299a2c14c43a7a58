namespace CocoonOrleans.Cli.Network;

/// <summary>The process ids of a local network.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Gateway">The gateway.</param>
/// <param name="Workers">The workers.</param>
public sealed record NetworkProcesses(int Silo, int Gateway, IReadOnlyList<int> Workers)
{
    internal static NetworkProcesses Of(LocalNetwork network) =>
        new(network.Silo.Current.Id, network.Gateway.Current.Id, [.. network.Workers.Select(worker => worker.Current.Id)]);
}
