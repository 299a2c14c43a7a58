using System.Security.Cryptography;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Sealing.Offers;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Offers;

public sealed class StandingOffersTests
{
    [Fact]
    public async Task Offers_OwnPriceCurve_IsSignedByTheStatementsKeyAndNamedInHeartbeats()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync(
            "Hello",
            ("Models:0:Offer:TtlSeconds", "30"), ("Models:0:Offer:LoadCurve:0:Load", "0"), ("Models:0:Offer:LoadCurve:0:Factor", "0.5"), ("Models:0:Offer:LoadCurve:1:Load", "1"),
            ("Models:0:Offer:LoadCurve:1:Factor", "2"), ("Models:0:Offer:Windows:0:From", "22:00"), ("Models:0:Offer:Windows:0:To", "24:00"), ("Models:0:Offer:Windows:0:Days:0", "Sunday"),
            ("Models:0:Offer:Windows:0:Factor", "0.8"), ("Models:0:Offer:Features:0", "tools"));
        Heartbeat heartbeat = await worker.Tunnel.HeartbeatsAsync(default).FirstAsync();
        SignedOffer signed = Assert.Single((await worker.Tunnel.GetOffersAsync(default)).Offers);
        Assert.True(BoundStatement.TryRead((await worker.Tunnel.GetStatementAsync(default)).Statement, out BoundStatement? statement));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(signed.Offer)), heartbeat.OffersSha256);
        Assert.True(OfferSignature.Verify(signed.Offer, signed.Signature, statement.Statement.ReceiptKey.Span));
        Assert.True(OfferEncoding.TryDecode(signed.Offer, out OfferTerms? terms, out _));
        Assert.Equal((worker.Tunnel.WorkerId, "tiny", 2, OfferFeatures.Tools), (terms.WorkerId, terms.Model, terms.Slots, terms.Features));
        Assert.Equal([new LoadPoint(0, 500), new LoadPoint(1000, 2000)], terms.LoadCurve);
        Assert.Equal([new PriceWindow(1320, 1440, 64, 800)], terms.Windows);

        // Sunday night and nobody there: 0.4 of the price is the least that it may come to.
        OfferedPrices least = Least(terms);
        Assert.Equal(terms.Prices.Completion.Value * 4 / 10, least.CompletionNanoPerMillionTokens);
        await using JobStream refused = await SendAsync(worker, least with { CompletionNanoPerMillionTokens = least.CompletionNanoPerMillionTokens - 1 });
        await using JobStream taken = await SendAsync(worker, least);
        Assert.Equal((JobErrorCodes.PriceTooLow, null), (refused.Refusal?.Code, taken.Refusal?.Code));
    }

    [Fact]
    public async Task Offers_NoSettings_ThereAreNone()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");

        Assert.Null((await worker.Tunnel.HeartbeatsAsync(default).FirstAsync()).OffersSha256);
        Assert.Empty((await worker.Tunnel.GetOffersAsync(default)).Offers);
    }

    private static OfferedPrices Least(OfferTerms terms) =>
        terms.LowestAsk() is var least ? new OfferedPrices(least.Prompt.Value, least.Cached.Value, least.Completion.Value, least.Request.Value) : throw new InvalidOperationException();

    private static async Task<JobStream> SendAsync(RunningWorker worker, OfferedPrices prices)
    {
        JobDispatch dispatch = RunningWorker.Dispatch() with { Prices = prices };
        using SealedRequest request = await worker.SealAsync(dispatch, RunningWorker.Chat("hi"));
        return await worker.Tunnel.SendJobAsync(dispatch, request.Bytes, default);
    }
}
