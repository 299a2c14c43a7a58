using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Gpus;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Keys;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Keys;

/// <summary>What a worker makes of brokers that are good, that refuse, and that lie.</summary>
public sealed class ModelKeyReleaseTests : IAsyncLifetime, IDisposable
{
    private readonly EncryptedFolder _model = new(HouseModelFolder.Path);
    private readonly List<ScriptedBroker> _brokers = [];
    private RunningWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _worker = await RunningWorker.ScriptedAsync("Hello");
        foreach (KeyShare share in _model.Shares)
        {
            _brokers.Add(await ScriptedBroker.StartAsync(share, _model.Manifest.Hash()));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (ScriptedBroker broker in _brokers)
        {
            await broker.DisposeAsync();
        }

        await _worker.DisposeAsync();
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Ask_GoodBrokers_GivesTheKeyForOneStatementToAll()
    {
        using ModelKey key = await AskAsync();

        Assert.Equal(_model.Manifest.KeyHash, key.Hash());
        byte[] statement = Assert.Single(_brokers.Select(broker => Convert.ToHexString(Assert.Single(broker.Asked).Statement)).Distinct()) is { } hex ? Convert.FromHexString(hex) : [];
        Assert.True(BoundStatement.TryRead(statement, out BoundStatement? bound));
        Assert.Equal([_model.Manifest.Hash()], bound.Statement.Models);
        Assert.InRange(bound.Statement.Expires - bound.Statement.NotBefore, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Ask_OneBrokerLies_ItIsKnownAndTheOthersAreEnough()
    {
        ForgeAt(0);

        using ModelKey key = await AskAsync();

        Assert.Equal(_model.Manifest.KeyHash, key.Hash());
    }

    [Fact]
    public async Task Ask_TwoBrokersLie_IsRefusedAndNamesThem()
    {
        ForgeAt(0);
        ForgeAt(2);

        var refused = await Assert.ThrowsAsync<KeyReleaseException>(AskAsync);

        Assert.Equal([(_brokers[0].Address, "share.forged"), (_brokers[2].Address, "share.forged")], refused.Refusals.Select(refusal => (refusal.Broker, refusal.Code)));
        Assert.Contains("1 good shares came, and 2 are needed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_BrokerGivesAnothersShare_IsForged()
    {
        _brokers[1].Instead = http => SealAsync(http, _brokers[1], _model.Shares[0]);
        _brokers[2].Instead = http => ScriptedBroker.ProblemAsync(http, 403, "td.debug");

        var refused = await Assert.ThrowsAsync<KeyReleaseException>(AskAsync);

        Assert.Equal(["share.forged", "td.debug"], refused.Refusals.Select(refusal => refusal.Code));
    }

    [Theory]
    [InlineData("nonsense", "broker.malformed")]
    [InlineData("null", "broker.malformed")]
    [InlineData("""{"encapsulation":"AA==","sealed":"AA=="}""", "share.forged")]
    public async Task Ask_BrokersAnswerSomethingElse_IsRefused(string body, string code)
    {
        _brokers.ForEach(broker => broker.Instead = http => http.Response.WriteAsync(body));

        var refused = await Assert.ThrowsAsync<KeyReleaseException>(AskAsync);

        Assert.Equal(3, refused.Refusals.Count(refusal => refusal.Code == code));
    }

    [Fact]
    public async Task Ask_BrokersAnswerTooMuch_IsRefused()
    {
        _brokers.ForEach(broker => broker.Instead = http => http.Response.WriteAsync(new string(' ', ReleaseHttp.MostAnswerBytes + 1)));

        Assert.All((await Assert.ThrowsAsync<KeyReleaseException>(AskAsync)).Refusals, refusal => Assert.Equal("broker.malformed", refusal.Code));
    }

    [Fact]
    public async Task Ask_BrokersSendElsewhere_NobodyGoesThere()
    {
        await using ScriptedBroker elsewhere = await ScriptedBroker.StartAsync(_model.Shares[0], _model.Manifest.Hash());
        _brokers.ForEach(broker => broker.Instead = http =>
        {
            http.Response.Redirect($"{elsewhere.Address}{ReleaseHttp.ReleasesPath}", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });

        Assert.All((await Assert.ThrowsAsync<KeyReleaseException>(AskAsync)).Refusals, refusal => Assert.Equal("broker.status", refusal.Code));
        Assert.Empty(elsewhere.Asked);
    }

    [Fact]
    public async Task Ask_RefusalWithControlCharacters_IsCutAndHarmless()
    {
        _brokers.ForEach(broker => broker.Instead = http => ScriptedBroker.ProblemAsync(http, 403, "td.debug", "\u001b[31m" + new string('x', 5000)));

        var refused = await Assert.ThrowsAsync<KeyReleaseException>(AskAsync);

        Assert.DoesNotContain('\u001b', refused.Message);
        Assert.InRange(refused.Message.Length, 1000, 2000);
    }

    [Fact]
    public async Task Ask_BrokerIsBusyAtFirst_IsAskedAgainWithAnotherStatement()
    {
        foreach (ScriptedBroker broker in _brokers.Skip(1))
        {
            broker.Instead = async http =>
            {
                broker.Instead = null;
                await ScriptedBroker.ProblemAsync(http, 503, "collateral.unavailable");
            };
        }

        using ModelKey key = await AskAsync();

        Assert.Equal(_model.Manifest.KeyHash, key.Hash());
        Assert.Equal(2, _brokers[0].Asked.Select(request => Convert.ToHexString(request.Statement)).Distinct().Count());
    }

    [Fact]
    public async Task Ask_NoSourceOfQuotes_IsRefusedBeforeAnybodyIsAsked()
    {
        using ModelKeyRelease release = Make(TrustTier.Open);

        var refused = await Assert.ThrowsAsync<KeyReleaseException>(() => release.AskAsync("house", _model.Manifest, Addresses(), default));

        Assert.Contains("Worker:Quotes", refused.Message, StringComparison.Ordinal);
        Assert.All(_brokers, broker => Assert.Empty(broker.Asked));
    }

    [Fact]
    public async Task Ask_OtherNumberOfAddresses_IsRefused()
    {
        using ModelKeyRelease release = Make(TrustTier.Simulated);

        await Assert.ThrowsAsync<KeyReleaseException>(() => release.AskAsync("house", _model.Manifest, [.. Addresses().Take(2)], default));
    }

    private string[] Addresses() => [.. _brokers.Select(broker => broker.Address)];

    private void ForgeAt(int index)
    {
        byte[] value = _model.Shares[index].Value.ToArray();
        value[0] ^= 1;
        _brokers[index].Instead = http => SealAsync(http, _brokers[index], new KeyShare((byte)(index + 1), value));
    }

    /// <summary>Seals a share of the test's choice to the request that just came.</summary>
    private async Task SealAsync(HttpContext http, ScriptedBroker broker, KeyShare share)
    {
        Assert.True(BoundStatement.TryRead(broker.Asked[^1].Statement, out BoundStatement? statement));
        SealedShare answer = SealedShare.TrySeal(statement, _model.Manifest.Hash(), share)!;
        await http.Response.WriteAsJsonAsync(new ReleaseAnswer(answer.Encapsulation.ToArray(), answer.Box.ToArray()), ReleaseJson.Default.ReleaseAnswer);
    }

    private async Task<ModelKey> AskAsync()
    {
        using ModelKeyRelease release = Make(TrustTier.Simulated);
        return await release.AskAsync("house", _model.Manifest, Addresses(), default);
    }

    private ModelKeyRelease Make(TrustTier tier)
    {
        IServiceProvider services = _worker.Services;
        return new ModelKeyRelease(
            new AnyVoucher(tier),
            services.GetRequiredService<TunnelIdentity>(),
            services.GetRequiredService<ReceiptKey>(),
            services.GetRequiredService<DialingOptions>(),
            services.GetRequiredService<IInferenceEngine>(),
            services.GetRequiredService<IOptions<WorkerOptions>>(),
            services.GetRequiredService<StatedCollateral>(),
            services.GetRequiredService<WorkerMeasurement>(),
            services.GetRequiredService<StatedGpus>(),
            TimeProvider.System,
            NullLogger<ModelKeyRelease>.Instance);
    }

    /// <summary>Vouches with bytes that are no quote: these brokers look at none.</summary>
    private sealed class AnyVoucher(TrustTier tier) : IStatementVoucher
    {
        public TrustTier Tier => tier;

        public ValueTask<ReadOnlyMemory<byte>> VouchAsync(BoundStatement statement, CancellationToken cancellationToken) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[] { 1 });
    }
}
