using CocoonOrleans.Gateway.Completions;

namespace CocoonOrleans.Tests.Unit.Gateway.Completions;

public sealed class TenantNamesTests
{
    private readonly TenantNames _names = new(new byte[TermsSeal.KeyBytes]);

    [Fact]
    public void Of_SameClientAndWorker_IsTheSameAtEveryGateway() =>
        Assert.Equal(_names.Of("acct-1", "worker-1"), new TenantNames(new byte[TermsSeal.KeyBytes]).Of("acct-1", "worker-1"));

    [Fact]
    public void Of_OtherClientWorkerOrKey_IsAnotherName()
    {
        byte[] other = new byte[TermsSeal.KeyBytes];
        other[0] = 1;

        Assert.Equal(
            4,
            new[]
            {
                _names.Of("acct-1", "worker-1"),
                _names.Of("acct-2", "worker-1"),
                _names.Of("acct-1", "worker-2"),
                new TenantNames(other).Of("acct-1", "worker-1"),
            }.Distinct().Count());
    }
}
