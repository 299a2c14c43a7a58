namespace CocoonOrleans.Cli.Registry;

/// <summary>The JSON object of <c>cocoon registry show</c>.</summary>
/// <param name="Address">Where the registry is, raw form.</param>
/// <param name="Network">Config parameter 19 of the chain.</param>
/// <param name="Seqno">The masterchain block that it was read at.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="Next">The number that the next proposal must have.</param>
/// <param name="DelaySeconds">The time lock.</param>
/// <param name="Successor">The registry that follows this one; null where none does.</param>
/// <param name="Needed">How many owners must sign.</param>
/// <param name="NeededForVeto">How many owners can stop a proposal.</param>
/// <param name="Owners">The owners' public keys by their numbers.</param>
/// <param name="Parameters">The parameters; null where their layout isn't known.</param>
/// <param name="Images">What images may run.</param>
/// <param name="Models">What models are served.</param>
/// <param name="Gateways">The gateways.</param>
/// <param name="Unreadable">Entries that can't be read, and so allow nothing.</param>
/// <param name="Waiting">Proposals that wait.</param>
public sealed record RegistryShowResult(
    string Address,
    int Network,
    uint Seqno,
    uint Version,
    uint Next,
    uint DelaySeconds,
    string? Successor,
    int Needed,
    int NeededForVeto,
    IReadOnlyDictionary<string, string> Owners,
    RegistryParametersResult? Parameters,
    IReadOnlyList<RegistryImageResult> Images,
    IReadOnlyList<RegistryModelResult> Models,
    IReadOnlyList<RegistryGatewayResult> Gateways,
    IReadOnlyList<RegistryUnreadableResult> Unreadable,
    IReadOnlyList<RegistryWaitingResult> Waiting);
