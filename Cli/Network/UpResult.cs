using CocoonOrleans.Cli.Settlement;

namespace CocoonOrleans.Cli.Network;

/// <summary>The JSON object of <c>cocoon up</c>, written when the first request will succeed.</summary>
/// <param name="Url">The gateway.</param>
/// <param name="Key">The development account's API key.</param>
/// <param name="Model">The model that is served.</param>
/// <param name="ModelSha256">Hex SHA-256 of its manifest.</param>
/// <param name="Processes">Process ids.</param>
/// <param name="Settlement">How providers are paid; null where they are not.</param>
/// <param name="NotSettled">Why they are not, though that was asked for, and what to do about it.</param>
public sealed record UpResult(
    Uri Url, string Key, string Model, string ModelSha256, NetworkProcesses Processes, UpSettlement? Settlement, string? NotSettled);

/// <summary>How a local network settles: on a development chain, whose coins are worth nothing.</summary>
/// <param name="Chain">The chain's API.</param>
/// <param name="OperatorWallet">The wallet that funds channels, in raw form.</param>
/// <param name="PayoutAddress">Where providers are paid, in raw form.</param>
/// <param name="Providers">The providers' accounts, one for each worker.</param>
/// <param name="Keys">The folder with their keys.</param>
/// <param name="Registry">The registry, in raw form: it lists the model that is served, and the image that workers attest to.</param>
public sealed record UpSettlement(Uri Chain, string OperatorWallet, string PayoutAddress, IReadOnlyList<string> Providers, string Keys, string Registry)
{
    internal static UpSettlement? Of(SettlementPlace? place) => place is null ? null : new UpSettlement(
        place.Endpoint(1),
        place.OperatorWallet.ToString(),
        place.PayoutAddress.ToString(),
        [.. place.Providers.Select(provider => Ton.Providers.ProviderId.Of(provider.Key))],
        place.Folder,
        File.ReadAllText(place.RegistryFile));
}
