namespace CocoonOrleans.Cli.Network;

/// <summary>The process ids of a local network.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Gateway">The gateway.</param>
/// <param name="Workers">The workers.</param>
/// <param name="Chain">The development chain; null where there is none.</param>
public sealed record NetworkProcesses(int Silo, int Gateway, IReadOnlyList<int> Workers, int? Chain)
{
    internal static NetworkProcesses Of(LocalNetwork network) =>
        new(network.Silo.Current.Id, network.Gateway.Current.Id, [.. network.Workers.Select(worker => worker.Current.Id)], network.Chain?.Current.Id);
}
