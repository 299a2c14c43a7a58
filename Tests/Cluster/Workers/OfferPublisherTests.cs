using System.Reflection;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Cluster.Workers;

public sealed class OfferPublisherTests
{
    private static readonly Offer Sold = new("worker", "provider", "model", Sample.Manifest, 4096, new TokenPrices(new(1), new(1), new(2)), 4, 4);

    private readonly BookAlone _book = new();
    private readonly OfferPublisher _offers;

    public OfferPublisherTests() =>
        _offers = new OfferPublisher(TestGrains.With(_book), Sold.WorkerId, TimeSpan.FromSeconds(10), new FakeTimeProvider(), NullLogger.Instance);

    [Fact]
    public void Want_Unchanged_IsPublishedOnce()
    {
        _offers.Want([Sold], 1);
        _offers.Want([Sold], 1);

        Assert.Equal(["publish"], _book.Calls);
    }

    /// <summary>The call reached the book and its answer was lost: what stands there has to leave it all the same.</summary>
    [Fact]
    public void Want_NothingAfterAPublicationWhoseAnswerWasLost_Withdraws()
    {
        _book.LostAnswers = 1;
        _offers.Want([Sold], 1);

        _offers.Want([], 1);

        Assert.Equal(["publish", "withdraw"], _book.Calls);
    }

    [Fact]
    public void Want_SameAfterALostAnswer_PublishesAgain()
    {
        _book.LostAnswers = 1;
        _offers.Want([Sold], 1);

        _offers.Want([Sold], 1);

        Assert.Equal(["publish", "publish"], _book.Calls);
    }

    [Fact]
    public void Want_NothingAndTheWithdrawalFails_WithdrawsUntilItIsAnswered()
    {
        _offers.Want([Sold], 1);
        _book.LostAnswers = 2;

        for (int i = 0; i < 5; i++)
        {
            _offers.Want([], 1);
        }

        Assert.Equal(["publish", "withdraw", "withdraw", "withdraw"], _book.Calls);
    }

    /// <summary>Gives out one market.</summary>
    public class TestGrains : DispatchProxy
    {
        private IModelMarketGrain _market = null!;

        public static IGrainFactory With(IModelMarketGrain market)
        {
            IGrainFactory grains = Create<IGrainFactory, TestGrains>();
            ((TestGrains)(object)grains)._market = market;
            return grains;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _market;
    }

    private sealed class BookAlone : IModelMarketGrain
    {
        public int LostAnswers { get; set; }

        public List<string> Calls { get; } = [];

        public Task PublishAsync(Offer offer, long epoch, CancellationToken cancellationToken) => Answer("publish");

        public Task WithdrawAsync(string workerId, long epoch, CancellationToken cancellationToken) => Answer("withdraw");

        public Task<MarketSnapshot?> GetSnapshotAsync(long knownVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

        private Task Answer(string call)
        {
            Calls.Add(call);
            return LostAnswers-- > 0 ? Task.FromException(new TimeoutException("Nobody answered.")) : Task.CompletedTask;
        }
    }
}
