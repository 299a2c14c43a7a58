using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Cluster;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>The administration of a gateway: accounts and keys, workers and revocations.</summary>
public sealed class AdminClient : IDisposable
{
    // Money has a converter of its own, which generated serializers can't see.
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    private AdminClient(HttpClient http) => _http = http;

    /// <summary>A client with the admin token of a data folder.</summary>
    /// <param name="address">Where the admin API listens.</param>
    /// <param name="data">The data folder.</param>
    /// <exception cref="CommandFailedException">There is no token.</exception>
    public static AdminClient Of(Uri address, DataFolder data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!File.Exists(data.AdminToken))
        {
            throw new CommandFailedException($"There is no admin token {data.AdminToken}.", "Name the data folder of a network that was started with ./cocoon up.");
        }

        return new AdminClient(GatewayHttp.Open(address, File.ReadAllText(data.AdminToken).Trim(), Timeout));
    }

    /// <summary>Makes an account with a key. With an id that exists it only makes another key.</summary>
    /// <param name="label">What its owner calls it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="accountId">Its id; null for a fresh one.</param>
    /// <param name="lowestTrust">The lowest trust tier that may serve the key's requests; null for what the gateway's environment begins with.</param>
    /// <param name="mayLowerTrust">Whether a request may ask for less.</param>
    public async Task<NewAccount> CreateAccountAsync(
        string label, CancellationToken cancellationToken, string? accountId = null, string? lowestTrust = null, bool mayLowerTrust = false)
    {
        using var response = await _http.PostAsJsonAsync(
            "/admin/accounts", new { label, account_id = accountId, lowest_trust = lowestTrust, may_lower_trust = mayLowerTrust }, Json, cancellationToken);
        return await ReadAsync<NewAccount>(response, cancellationToken) ?? throw new CommandFailedException("The gateway made no account.", "See the gateway's log.");
    }

    /// <summary>Reads an account.</summary>
    /// <returns>Null where there is none.</returns>
    public async Task<AccountState?> FindAccountAsync(string accountId, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync($"/admin/accounts/{Uri.EscapeDataString(accountId)}", cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.NotFound ? null : (await ReadAsync<AccountFound>(response, cancellationToken))?.Account;
    }

    /// <summary>Where a provider is paid, in raw form; null where nobody said so yet.</summary>
    public async Task<string?> FindPayoutAddressAsync(string providerId, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync($"/admin/providers/{Uri.EscapeDataString(providerId)}", cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.NotFound ? null : (await ReadAsync<ProviderFound>(response, cancellationToken))?.Payout?.Address;
    }

    /// <summary>What a provider hasn't got; null where there is no such provider.</summary>
    public async Task<Nano?> FindProviderDueAsync(string providerId, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync($"/admin/providers/{Uri.EscapeDataString(providerId)}", cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.NotFound ? null : (await ReadAsync<ProviderFound>(response, cancellationToken))?.Due;
    }

    /// <summary>Lets all that a provider is due be brought to the chain now.</summary>
    /// <returns>The channel, in raw form, where a charge is on its way or was made; null where there is nothing to charge yet.</returns>
    public async Task<string?> ChargeAsync(string providerId, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync($"/admin/providers/{Uri.EscapeDataString(providerId)}/charge", content: null, cancellationToken);
        return await ReadAsync<ChargeAnswer>(response, cancellationToken) is { Charged: true, Channel: { } channel } ? channel : null;
    }

    /// <summary>Leaves a provider's channel alone: after the delay the rest comes back.</summary>
    /// <returns>Whether it was open.</returns>
    public async Task<bool> LeaveAsync(string providerId, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync($"/admin/providers/{Uri.EscapeDataString(providerId)}/leave", content: null, cancellationToken);
        return await ReadAsync<LeaveAnswer>(response, cancellationToken) is { Left: true };
    }

    /// <summary>Revokes a key for good.</summary>
    /// <returns>Whether there was such a key.</returns>
    public async Task<bool> RevokeKeyAsync(string accountId, string keyId, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync($"/admin/accounts/{Uri.EscapeDataString(accountId)}/keys/{Uri.EscapeDataString(keyId)}", cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Lists deposits that wait for the operator.</summary>
    public async Task<IReadOnlyList<DepositState>> ListDepositsAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync("/admin/deposits", cancellationToken);
        return (await ReadAsync<DepositList>(response, cancellationToken))?.Data ?? [];
    }

    /// <summary>Gives a deposit that waits to an account.</summary>
    public Task<DepositState> AssignDepositAsync(long id, string accountId, CancellationToken cancellationToken) =>
        SettleAsync($"/admin/deposits/{id}/assign", new { account_id = accountId }, cancellationToken);

    /// <summary>Sends a deposit that waits to an address that the client gave.</summary>
    public Task<DepositState> RefundDepositAsync(long id, string address, CancellationToken cancellationToken) =>
        SettleAsync($"/admin/deposits/{id}/refund", new { address }, cancellationToken);

    /// <summary>The ledger's sums beside the chain, now.</summary>
    public async Task<SolvencyReport> CheckSolvencyAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync("/admin/solvency", cancellationToken);
        return await ReadAsync<SolvencyReport>(response, cancellationToken) ?? throw new CommandFailedException("The gateway says nothing of its solvency.", "See the gateway's log.");
    }

    /// <summary>What left the wallet and the book doesn't know.</summary>
    /// <param name="apply">Whether what can be explained is booked.</param>
    /// <param name="accept">The transaction up to which the rest counts as lost; 0 not to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ReconciliationReport> ReconcileAsync(bool apply, long accept, CancellationToken cancellationToken)
    {
        using var response = apply
            ? await _http.PostAsync($"/admin/wallet/reconciliation?accept={accept}", content: null, cancellationToken)
            : await _http.GetAsync("/admin/wallet/reconciliation", cancellationToken);
        return await ReadAsync<ReconciliationReport>(response, cancellationToken) ?? throw new CommandFailedException("The gateway says nothing of the wallet.", "See the gateway's log.");
    }

    /// <summary>The workers that are connected to the gateway.</summary>
    public async Task<IReadOnlyList<ClusterWorker>> WorkersAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync("/admin/workers", cancellationToken);
        return (await ReadAsync<WorkersFound>(response, cancellationToken))?.Workers ?? [];
    }

    /// <summary>What is revoked.</summary>
    public async Task<IReadOnlyList<RevocationState>> RevocationsAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync("/admin/revocations", cancellationToken);
        return (await ReadAsync<RevocationsFound>(response, cancellationToken))?.Revocations ?? [];
    }

    /// <summary>Revokes.</summary>
    /// <returns>The revocation that is in force: the first one, where there was one.</returns>
    public async Task<RevocationState> RevokeAsync(string kind, string value, string reason, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync("/admin/revocations", new { kind, value, reason }, Json, cancellationToken);
        return await ReadAsync<RevocationState>(response, cancellationToken) ?? throw new CommandFailedException("The gateway revoked nothing.", "See the gateway's log.");
    }

    /// <summary>Takes a revocation back.</summary>
    public async Task RestoreAsync(string kind, string value, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync($"/admin/revocations/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(value)}", cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            await ReadAsync<RevocationState>(response, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<DepositState> SettleAsync(string path, object wish, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(path, wish, Json, cancellationToken);
        return await ReadAsync<DepositState>(response, cancellationToken) ?? throw new CommandFailedException("The gateway says nothing of the deposit.", "See the gateway's log.");
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken);
        }

        throw new CommandFailedException(
            $"The gateway's administration answers {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}", "See the gateway's log.");
    }

    private sealed record AccountFound(AccountState Account);

    private sealed record ProviderFound(PayoutFound? Payout, Nano Due);

    private sealed record PayoutFound(string Address);

    private sealed record LeaveAnswer(bool Left);

    private sealed record ChargeAnswer(string? Channel, bool Charged);

    private sealed record WorkersFound(IReadOnlyList<ClusterWorker> Workers);

    private sealed record RevocationsFound(IReadOnlyList<RevocationState> Revocations);
}
