using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Market.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Authentication;

public sealed class KeyCacheTests
{
    private const int MaxKeys = 10;

    private readonly FakeTimeProvider _time = new();
    private readonly Keys _keys = new();
    private readonly KeyCache _cache;
    private readonly ApiKeyAuthenticator _authenticator;
    private readonly ApiKey _key = ApiKey.Create("acct-1");

    public KeyCacheTests()
    {
        var options = new GatewayOptions { Limits = new LimitOptions { MaxCachedKeys = MaxKeys } };
        _cache = new KeyCache(_keys, Options.Create(options), _time);
        _authenticator = new ApiKeyAuthenticator(_cache);
    }

    [Fact]
    public async Task Authenticate_GoodKey_IsItsAccount()
    {
        _keys.Add(_key);

        Assert.Equal(new Caller("acct-1", _key.KeyId, "label"), await AskAsync(_key.Reveal()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ck_acct-1.00000000_short")]
    public async Task Authenticate_NoKey_IsRefusedWithoutALook(string? key)
    {
        Assert.Null(await AskAsync(key));
        Assert.Equal(0, _keys.Lookups);
    }

    [Fact]
    public async Task Authenticate_RightIdWrongSecret_IsRefused()
    {
        _keys.Add(_key);
        string other = ApiKey.Create("acct-1").Reveal()[^43..];

        Assert.Null(await AskAsync(_key.Reveal()[..^43] + other));
    }

    [Fact]
    public async Task Authenticate_RevokedMeanwhile_IsRefusedAfterFiveSeconds()
    {
        _keys.Add(_key);
        Assert.NotNull(await AskAsync(_key.Reveal()));
        _keys.Add(_key, revoked: true);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull(await AskAsync(_key.Reveal()));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await AskAsync(_key.Reveal()));
    }

    [Fact]
    public async Task Find_UnknownKeyAgain_IsRemembered()
    {
        await AskAsync(_key.Reveal());
        await AskAsync(_key.Reveal());

        Assert.Equal(1, _keys.Lookups);
    }

    [Fact]
    public async Task Find_ManyRequestsWhileOneLooks_ShareTheLook()
    {
        var gate = new TaskCompletionSource();
        _keys.Add(_key);
        _keys.Gate = gate.Task;
        Task<Caller?>[] asking = [.. Enumerable.Range(0, 20).Select(_ => AskAsync(_key.Reveal()))];

        gate.SetResult();

        Assert.All(await Task.WhenAll(asking), Assert.NotNull);
        Assert.Equal(1, _keys.Lookups);
    }

    [Fact]
    public async Task Find_ManyKeys_NumberIsBounded()
    {
        for (int i = 0; i < 5 * MaxKeys; i++)
        {
            await AskAsync(ApiKey.Create("acct-1").Reveal());
        }

        Assert.Equal(MaxKeys, _cache.Count);
    }

    [Fact]
    public async Task Find_ClusterAway_IsNotRemembered()
    {
        _keys.Add(_key);
        _keys.IsAway = true;
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => AskAsync(_key.Reveal()));

        _keys.IsAway = false;
        Assert.NotNull(await AskAsync(_key.Reveal()));
    }

    private Task<Caller?> AskAsync(string? key)
    {
        var http = new DefaultHttpContext();
        if (key is not null)
        {
            http.Request.Headers.Authorization = $"Bearer {key}";
        }

        return _authenticator.AuthenticateAsync(http);
    }

    /// <summary>Stored keys, as the accounts' grains have them.</summary>
    private sealed class Keys : IKeySource
    {
        private readonly Dictionary<string, ApiKeyView> _keys = [];

        public int Lookups { get; private set; }

        public bool IsAway { get; set; }

        /// <summary>Where set, answers wait for it.</summary>
        public Task Gate { get; set; } = Task.CompletedTask;

        public void Add(ApiKey key, bool revoked = false) =>
            _keys[key.KeyId] = new ApiKeyView(key.KeyId, key.SecretHash.ToArray(), "label", DateTimeOffset.UnixEpoch, revoked ? DateTimeOffset.UnixEpoch : null);

        public async Task<ApiKeyView?> FindAsync(string accountId, string keyId)
        {
            Lookups++;
            await Gate;
            return IsAway ? throw new ClusterUnavailableException("away") : _keys.GetValueOrDefault(keyId);
        }
    }
}
