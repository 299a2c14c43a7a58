namespace CocoonOrleans.Tests.Cluster.Ledger;

/// <summary>Does what ends something.</summary>
internal sealed class Ending(Action end) : IDisposable
{
    public void Dispose() => end();
}
