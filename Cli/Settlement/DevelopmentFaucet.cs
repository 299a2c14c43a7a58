using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Chain;

namespace CocoonOrleans.Cli.Settlement;

/// <summary>Gives the operator's wallet coins of a development chain, which are worth nothing anywhere.</summary>
internal static class DevelopmentFaucet
{
    private static readonly Nano Float = Nano.FromCoins(1_000);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Fills a wallet that has less than a tenth of its float.</summary>
    /// <returns>What it has now.</returns>
    /// <exception cref="CommandFailedException">The chain says no.</exception>
    public static async Task<Nano> FillAsync(SettlementPlace place, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout };
        var chain = new ToncenterClient(http, new ToncenterOptions { Address = place.Endpoint(1), Timeout = Timeout }, clock);
        try
        {
            var balance = (await chain.GetAccountAsync(place.OperatorWallet, null, cancellationToken)).Balance;
            if (balance.Value >= Float.Value / 10)
            {
                return balance;
            }

            var gift = new JsonObject { ["address"] = place.OperatorWallet.ToString(), ["amount"] = Float.ToString() };
            using var response = await http.PostAsJsonAsync(new Uri(place.Endpoint(1), "dev_faucet"), gift, cancellationToken);
            response.EnsureSuccessStatusCode();
            return balance + Float;
        }
        catch (Exception exception) when (exception is HttpRequestException or ChainException)
        {
            throw new CommandFailedException($"The development chain gives no coins: {exception.Message}", "See its log.", innerException: exception);
        }
    }
}
