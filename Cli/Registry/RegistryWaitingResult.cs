namespace CocoonOrleans.Cli.Registry;

/// <summary>A proposal that waits for its time lock. The chain knows its hash only; the file that was sent says what it is.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">Hash of its cell, as <c>cocoon registry sign</c> shows it.</param>
/// <param name="From">After this anyone may apply it.</param>
/// <param name="Until">After this it is void.</param>
public sealed record RegistryWaitingResult(uint Number, string Hash, DateTimeOffset From, DateTimeOffset Until);
