using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tests.Unit.Tunnel.Dialing;

/// <summary>A worker that holds its gateway to a statement, over real TLS.</summary>
public sealed class GatewayStatementTests : IAsyncDisposable
{
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);
    private TestGateway _gateway = null!;
    private TestWorker? _host;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _gateway.DisposeAsync();
        _worker.Dispose();
    }

    [Fact]
    public async Task Dial_GatewayStatesWhatItMust_IsConnectedAndEachDialHasItsOwnNonce()
    {
        var nonces = new List<string>();
        await StartAsync(nonce =>
        {
            nonces.Add(nonce);
            return _gateway.Honest(nonce);
        });

        await using (await _gateway.NextTunnelAsync())
        {
            // Let go of: the worker dials again.
        }

        await using var second = await _gateway.NextTunnelAsync();
        Assert.Equal((2, 2), (nonces.Count, nonces.Distinct().Count()));
    }

    [Fact]
    public Task Dial_GatewayOfAnotherNetwork_IsRefused() => RefusedAsync(GatewayStatementFault.Network, nonce => _gateway.Honest(nonce, network: "other"));

    [Fact]
    public async Task Dial_StatementOfAnEarlierDial_IsRefused()
    {
        (byte[], byte[])? recorded = null;
        await RefusedAsync(GatewayStatementFault.Nonce, _ => recorded ??= _gateway.Honest(new string('0', 64)));
    }

    [Fact]
    public async Task Dial_StatementByAnotherKey_IsRefused()
    {
        using TunnelIdentity other = TunnelIdentity.Create(TimeProvider.System);
        await RefusedAsync(GatewayStatementFault.Key, nonce => _gateway.Honest(nonce, identity: other));
    }

    [Fact]
    public Task Dial_ChangedSignature_IsRefused() => RefusedAsync(GatewayStatementFault.Signature, nonce => (_gateway.Honest(nonce).Statement, new byte[64]));

    [Fact]
    public Task Dial_Garbage_IsRefused() => RefusedAsync(GatewayStatementFault.Format, _ => ([1], [2]));

    private async Task RefusedAsync(GatewayStatementFault fault, Func<string, (byte[], byte[])> states)
    {
        await StartAsync(states);
        await Condition.HoldsAsync(() => _host!.Link.State == GatewayLinkState.Refused, "the worker refuses the gateway");

        Assert.Equal(new TunnelRefusal(TunnelRefusalCodes.GatewayStatement, fault.ToString()), _host!.Link.Refusal);
    }

    private async Task StartAsync(Func<string, (byte[], byte[])> states)
    {
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(_worker.Id, "the worker"));
        _gateway.States = states;
        _host = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, identity: _worker, check: new Check());
    }

    /// <summary>As a worker of the network "local" checks.</summary>
    private sealed class Check : IGatewayCheck
    {
        public string? FindFault(TunnelPublicKey key, string nonce, byte[]? statement, byte[]? signature) =>
            GatewayStatement.Check(statement, signature, "local", key.SubjectPublicKeyInfo, new Digest(Convert.FromHexString(nonce)), TimeProvider.System.GetUtcNow()) is var fault and not GatewayStatementFault.None
                ? fault.ToString()
                : null;
    }
}
