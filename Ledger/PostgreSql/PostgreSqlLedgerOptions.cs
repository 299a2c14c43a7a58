using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>Settings of the ledger in PostgreSQL; section <c>Ledger</c>.</summary>
public sealed class PostgreSqlLedgerOptions
{
    /// <summary>How to connect, as Npgsql takes it. It may hold a password: never log it.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>How many calls may wait for the writer, 1 to 65,536; the next ones wait to be let in.</summary>
    [Range(1, 65_536)]
    public int QueueLength { get; set; } = 4096;

    /// <summary>The most operations in one commit, 1 to 4,096.</summary>
    [Range(1, 4096)]
    public int BatchSize { get; set; } = 512;

    /// <summary>How long to wait for other processes' turns, 1 to 60 whole seconds; then the batch fails.</summary>
    [Range(1, 60)]
    public int BusyTimeoutSeconds { get; set; } = 5;

    /// <summary>Whether the treasury may pay: funds made from nothing, for development only.</summary>
    public bool AllowTreasuryTransfers { get; set; }
}
