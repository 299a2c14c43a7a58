using System.Net.Http.Headers;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>The administration of a gateway: accounts and keys.</summary>
public sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;

    private AdminClient(HttpClient http) => _http = http;

    /// <summary>A client with the admin token.</summary>
    /// <param name="address">Where the admin API listens.</param>
    /// <param name="token">The token.</param>
    public static AdminClient Of(Uri address, string token) => new(new HttpClient
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    });

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
