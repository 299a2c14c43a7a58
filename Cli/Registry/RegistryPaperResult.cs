namespace CocoonOrleans.Cli.Registry;

/// <summary>The JSON object of <c>cocoon registry propose</c>, <c>veto</c> and <c>sign</c>.</summary>
/// <param name="File">The file.</param>
/// <param name="What">proposal or veto.</param>
/// <param name="Change">What it changes.</param>
/// <param name="Registry">The registry, raw form.</param>
/// <param name="Number">The proposal's number.</param>
/// <param name="Hash">Hash of what is signed.</param>
/// <param name="ValidUntil">Until when it may be brought.</param>
/// <param name="Needed">How many signatures it needs.</param>
/// <param name="SignedBy">The numbers of the owners who signed.</param>
public sealed record RegistryPaperResult(
    string File, string What, string Change, string Registry, uint Number, string Hash, DateTimeOffset ValidUntil, int Needed, IReadOnlyList<int> SignedBy);
