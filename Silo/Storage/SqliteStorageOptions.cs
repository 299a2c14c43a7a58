using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Silo.Storage;

/// <summary>Settings of grain state and reminders in one SQLite file.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>The file, made where there is none; its folder must exist. Not the ledger's.</summary>
    [Required]
    public string Path { get; set; } = "";

    /// <summary>How many writes may wait for the writer, 1 to 65,536; the next ones wait to be let in.</summary>
    [Range(1, 65_536)]
    public int QueueLength { get; set; } = 4096;

    /// <summary>The most writes in one commit, 1 to 4,096.</summary>
    [Range(1, 4096)]
    public int BatchSize { get; set; } = 512;

    /// <summary>How long to wait for another process's lock on the file, 1 to 60 whole seconds; then the batch fails.</summary>
    [Range(1, 60)]
    public int BusyTimeoutSeconds { get; set; } = 5;

    /// <summary>The largest state of one grain, in bytes as serialised, 1 to 64 MiB.</summary>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxStateBytes { get; set; } = 1024 * 1024;
}
