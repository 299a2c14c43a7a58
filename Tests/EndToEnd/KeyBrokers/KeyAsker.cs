using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.EndToEnd.KeyBrokers;

/// <summary>Asks a broker as a worker does, and may do it twice.</summary>
internal sealed class KeyAsker(Uri broker, SimulatedIssuer issuer) : IDisposable
{
    private readonly QuoteServiceOptions _td = new() { Socket = issuer.Socket, Td = "key-asker" };
    private readonly HttpClient _http = new() { BaseAddress = broker };
    private readonly ReceiptKey _receipts = new();
    private readonly ReleaseKey _key = new();
    private QuoteServiceSource? _quotes;
    private byte[]? _log;

    /// <summary>Makes a request with a new nonce.</summary>
    public async Task<ReleaseRequest> AskAsync(Digest manifest, Digest image)
    {
        using HttpResponseMessage given = await _http.PostAsync(ReleaseHttp.NoncesPath, null);
        BrokerNonce nonce = (await given.Content.ReadFromJsonAsync(ReleaseJson.Default.BrokerNonce))!;
        var batch = new NonceBatch([new Digest(nonce.Nonce)]);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        BoundStatement statement = BoundStatement.Of(new Statement
        {
            NetworkId = "local",
            Role = StatementRole.KeyRequest,
            Tier = TrustTier.Simulated,
            BootId = new byte[16],
            Epoch = 0,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            Keys = [_key.PublicKey],
            ReceiptKey = _receipts.PublicKey,
            TunnelKeySha256 = default,
            NonceRoot = batch.Root,
            Models = [manifest],
            Image = image,
            EngineVersion = "1",
            Quantisation = "none",
        });
        _log ??= await MeasureAsync();
        _quotes ??= new QuoteServiceSource(_td, TimeProvider.System);
        QuoteResult quote = await _quotes.QuoteAsync(statement.ReportData());
        Assert.True(quote.IsMade, quote.Failure?.ToString());
        return new ReleaseRequest(manifest.ToString(), statement.Bytes.ToArray(), quote.Quote.ToArray(), nonce.Nonce, batch.Prove(0).Encode(), EventLog: _log);
    }

    /// <summary>Sends a request.</summary>
    /// <returns>The status, and the code of a refusal.</returns>
    public async Task<(int Status, string? Code)> SendAsync(ReleaseRequest request)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(ReleaseHttp.ReleasesPath, request, ReleaseJson.Default.ReleaseRequest);
        JsonElement body = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        return ((int)response.StatusCode, body.TryGetProperty("code", out JsonElement code) ? code.GetString() : null);
    }

    public void Dispose()
    {
        _http.Dispose();
        _receipts.Dispose();
        _key.Dispose();
        _quotes?.Dispose();
    }

    /// <summary>Measures as a worker does while it starts.</summary>
    private async Task<byte[]> MeasureAsync()
    {
        using var register = new QuoteServiceRegister(_td, TimeProvider.System);
        Assert.True(CcelWriter.TryContinue(await File.ReadAllBytesAsync(issuer.BootLogFile), out CcelWriter? log, out var refusal), refusal?.ToString());
        foreach (string name in (string[])[RuntimeEvent.ConfigurationName, RuntimeEvent.EngineName, RuntimeEvent.ModelsName, RuntimeEvent.ReadyName])
        {
            RegisterResult measured = await register.ExtendAsync(name, default);
            Assert.True(measured.IsDone, measured.Failure?.ToString());
            log!.AddRuntime(name, default);
        }

        return log!.ToArray();
    }
}
