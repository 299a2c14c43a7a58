namespace CocoonOrleans.Cli.Proxy;

/// <summary>The JSON object of <c>cocoon proxy</c>, written when it takes requests.</summary>
/// <param name="Url">What clients have as their base URL.</param>
/// <param name="Token">What they have as their API key.</param>
/// <param name="Gateway">Where it goes.</param>
/// <param name="MinimumTier">The least tier of a worker.</param>
/// <param name="MostHold">The most that one request may cost, in nano.</param>
/// <param name="Receipts">The folder that keeps the newest receipts.</param>
public sealed record ProxyResult(Uri Url, string Token, Uri Gateway, string MinimumTier, string MostHold, string Receipts);
