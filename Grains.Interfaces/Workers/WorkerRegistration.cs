using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Grains.Workers;

/// <summary>What a gateway verified about a worker before it let it in.</summary>
/// <param name="GatewayId">The gateway whose tunnel this is.</param>
/// <param name="TunnelId">The tunnel: a later disconnect names it, so that an old one can't end a new session.</param>
/// <param name="BootId">Random, new with each start of the worker: a different one means that running jobs of the older boot are lost.</param>
/// <param name="Name">What the provider calls the worker; for people.</param>
/// <param name="ProviderId">Who is paid.</param>
/// <param name="Engine"><c>native</c> or <c>scripted</c>.</param>
/// <param name="Models">What it serves.</param>
/// <param name="ProviderPass">Where the provider is named by its key: its signature that the worker is its own, 128 hexadecimal digits.</param>
[GenerateSerializer, Alias("cocoon.WorkerRegistration")]
public sealed record WorkerRegistration(
    [property: Id(0)] string GatewayId,
    [property: Id(1)] Guid TunnelId,
    [property: Id(2)] Guid BootId,
    [property: Id(3)] string Name,
    [property: Id(4)] string ProviderId,
    [property: Id(5)] string Engine,
    [property: Id(6)] IReadOnlyList<ServedModel> Models,
    [property: Id(7)] string? ProviderPass = null);

/// <summary>One model that a worker serves.</summary>
/// <param name="Model">The public name.</param>
/// <param name="ManifestSha256">Hex SHA-256 of the manifest.</param>
/// <param name="ContextTokens">The most tokens of prompt and completion together.</param>
/// <param name="Slots">Requests that it runs at once.</param>
/// <param name="Ask">Its prices.</param>
[GenerateSerializer, Alias("cocoon.ServedModel")]
public sealed record ServedModel(
    [property: Id(0)] string Model,
    [property: Id(1)] string ManifestSha256,
    [property: Id(2)] int ContextTokens,
    [property: Id(3)] int Slots,
    [property: Id(4)] TokenPrices Ask);
