using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Unit.Tunnel.Trust;

public sealed class PinnedKeyFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);

    public void Dispose()
    {
        File.Delete(_path);
        _worker.Dispose();
    }

    [Fact]
    public async Task Judge_ListedKey_IsTrustedUnderItsName()
    {
        File.WriteAllText(_path, $"# workers\n\n  {_worker.Id}   Anna's desk \n");
        TrustVerdict verdict = await JudgeAsync(Open());
        Assert.Equal("Anna's desk", verdict.Label);
    }

    [Fact]
    public async Task Judge_UnlistedKey_IsRefusedWithTheReason()
    {
        TrustVerdict verdict = await JudgeAsync(Open());
        Assert.Equal(TunnelRefusalCodes.KeyNotAllowed, verdict.Refusal?.Code);
        Assert.Contains(_worker.Id, verdict.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_FileChanged_FollowsIt()
    {
        PinnedKeyFile trust = Open();
        File.WriteAllText(_path, $"{_worker.Id} desk\n");
        Assert.True((await JudgeAsync(trust)).IsTrusted);
        File.WriteAllText(_path, "");
        Assert.False((await JudgeAsync(trust)).IsTrusted);
    }

    [Fact]
    public async Task Judge_FileBrokenLater_KeepsTheLastGoodList()
    {
        File.WriteAllText(_path, $"{_worker.Id} desk\n");
        PinnedKeyFile trust = Open();
        File.WriteAllText(_path, "not a key at all, but longer\n");
        Assert.True((await JudgeAsync(trust)).IsTrusted);
        File.Delete(_path);
        Assert.True((await JudgeAsync(trust)).IsTrusted);
    }

    [Fact]
    public void Open_BrokenLine_NamesIt()
    {
        File.WriteAllText(_path, $"{_worker.Id} desk\nABC\n");
        var e = Assert.Throws<IOException>(Open);
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
    }

    private PinnedKeyFile Open() => new(_path, NullLogger<PinnedKeyFile>.Instance);

    private async Task<TrustVerdict> JudgeAsync(PinnedKeyFile trust) => await trust.JudgeAsync(new TunnelPeer(_worker.PublicKey, null), CancellationToken.None);
}
