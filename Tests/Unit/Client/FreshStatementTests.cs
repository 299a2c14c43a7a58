using System.Text;
using CocoonOrleans.Client;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Client;

/// <summary>A client that wants proof of now, and a gateway that has none.</summary>
public sealed class FreshStatementTests : IDisposable
{
    private static readonly Digest Another = Digest.Of("another client's nonce"u8);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly HostileGateway _gateway;
    private readonly HttpClient _http;

    public FreshStatementTests()
    {
        _gateway = new HostileGateway(_time);
        _http = new HttpClient(new CocoonSealingHandler(new CocoonSealingOptions { Time = _time, RequiresFreshStatements = true }, _gateway)) { BaseAddress = new Uri("http://gateway/") };
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Chat_NonceIsInTheBatch_IsSealedToTheFreshStatement()
    {
        var ofTheEpoch = _gateway.Worker.Statement.Hash;
        _gateway.Fresh = nonce => Made(new NonceBatch([Another, nonce, Another]), 1);

        using var response = await AskAsync();

        Assert.True(response.IsSuccessStatusCode);
        Assert.NotEqual(ofTheEpoch, Assert.Single(_gateway.Opened).Header.Recipients[0].StatementHash);
    }

    /// <summary>After the while for which a list is remembered, another nonce is sent.</summary>
    [Fact]
    public async Task Chat_LaterAgain_SendsAnotherNonce()
    {
        var sent = new List<Digest>();
        _gateway.Fresh = nonce =>
        {
            sent.Add(nonce);
            return Made(new NonceBatch([nonce]), 0);
        };

        for (var round = 0; round < 3; round++)
        {
            using var response = await AskAsync();
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(2, sent.Distinct().Count());
    }

    [Fact]
    public Task Statement_WithoutARoot_IsRefused() => RefusedAsync(_ => (_gateway.Worker.Vouched, new NonceBatch([Another]).Prove(0).Encode()));

    [Fact]
    public Task Statement_WithoutAProof_IsRefused() => RefusedAsync(nonce => (Made(new NonceBatch([nonce]), 0).Statement, null));

    [Fact]
    public Task Statement_NonceNotInTheBatch_IsRefused() => RefusedAsync(_ => Made(new NonceBatch([Another]), 0));

    [Fact]
    public Task Statement_PathOfAnotherPlace_IsRefused() => RefusedAsync(nonce => Made(new NonceBatch([Another, nonce]), 0));

    [Fact]
    public Task Statement_PathWithAChangedHash_IsRefused() => RefusedAsync(nonce =>
    {
        var batch = new NonceBatch([Another, nonce]);
        return (Made(batch, 1).Statement, (batch.Prove(1) with { Path = [Another] }).Encode());
    });

    [Fact]
    public Task Statement_ProofThatIsNone_IsRefused() => RefusedAsync(nonce => (Made(new NonceBatch([nonce]), 0).Statement, [1, 2, 3]));

    /// <summary>A fresh statement of a moment ago is an old one: the nonce under it is another.</summary>
    [Fact]
    public async Task Statement_FreshOnePlayedAgain_IsRefused()
    {
        (VouchedStatement, byte[]?)? recorded = null;
        _gateway.Fresh = nonce => recorded ??= Made(new NonceBatch([nonce]), 0);
        using (await AskAsync())
        {
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(AskAsync);

        Assert.Equal(SealingRefusalCodes.StatementNonce, refused.Code);
    }

    private (VouchedStatement Statement, byte[]? Proof) Made(NonceBatch batch, int place)
    {
        var statement = _gateway.Worker.Renew(same => same with { NonceRoot = batch.Root });
        return (_gateway.Worker.Vouch(statement), batch.Prove(place).Encode());
    }

    private async Task RefusedAsync(Func<Digest, (VouchedStatement, byte[]?)> fresh)
    {
        _gateway.Fresh = fresh;

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(AskAsync);

        Assert.Equal(SealingRefusalCodes.StatementNonce, refused.Code);
        Assert.Empty(_gateway.Opened);
    }

    private Task<HttpResponseMessage> AskAsync() => _http.PostAsync(
        "/v1/chat/completions",
        new StringContent($$"""{"model":"{{HostileGateway.Model}}","messages":[{"role":"user","content":"3 plus 4"}]}""", Encoding.UTF8, "application/json"));
}
