using CocoonOrleans.Ledger;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Cluster.Ledger;

/// <summary>A ledger on a real database of its own. Each database that the ledger runs on has one of these, and passes the same suite.</summary>
public abstract class LedgerDatabase : IAsyncDisposable
{
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    public abstract ILedger Ledger { get; }

    /// <summary>What a second process finds after the first was killed now: opens the bytes as they are on the disk, with nothing shut down.</summary>
    public abstract Task<LedgerDatabase> KillAndReopenAsync();

    /// <summary>Runs SQL behind the ledger's back, with the database's own checks off where <paramref name="tamper"/> is set.</summary>
    public abstract void Run(string sql, bool tamper = false);

    /// <summary>Makes every change of one kind to a table fail, until disposed.</summary>
    /// <param name="change"><c>INSERT</c> or <c>UPDATE</c>.</param>
    /// <param name="table">The table.</param>
    public abstract IDisposable Fault(string change, string table);

    /// <summary>How many rows a table has.</summary>
    public abstract long Count(string table);

    /// <summary>Keeps every other writer out until disposed.</summary>
    public abstract IDisposable Lock();

    public abstract ValueTask DisposeAsync();
}
