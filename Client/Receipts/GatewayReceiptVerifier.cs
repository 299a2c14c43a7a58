using System.Globalization;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Market.Auctions;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Offers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Receipts;

/// <summary>
/// Judges what a gateway hands out of a request, from its bytes alone, and computes the price again. It shows that worker and gateway stand by counts and price; what
/// was asked and answered only a client that seals by itself can show. It never throws on what they hold.
/// </summary>
public sealed class GatewayReceiptVerifier
{
    private readonly GatewayReceipt _stored;
    private readonly List<ReceiptCheck> _checks = [];
    private BoundStatement? _statement;
    private UsageReceipt? _receipt;
    private AuctionTranscript? _transcript;
    private OfferLeaf? _leaf;
    private long? _cost;

    private GatewayReceiptVerifier(GatewayReceipt stored) => _stored = stored;

    /// <summary>Takes all checks, in order, until one fails.</summary>
    /// <param name="stored">What the gateway answered.</param>
    public static GatewayReceiptVerdict Verify(GatewayReceipt stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return new GatewayReceiptVerifier(stored).Verify();
    }

    private GatewayReceiptVerdict Verify()
    {
        (string Name, Func<ReceiptCheck> Check)[] steps =
        [
            ("statement", CheckStatement),
            ("voucher", CheckVoucher),
            ("signature", CheckSignature),
            ("transcript", CheckTranscript),
            ("binding", CheckBinding),
            ("snapshot", CheckSnapshot),
            ("offer", CheckOffer),
            ("score", CheckScore),
            ("price", CheckPrice),
        ];
        Refusal? refusal = null;
        foreach (var (name, check) in steps)
        {
            try
            {
                _checks.Add(refusal is null ? check() : new ReceiptCheck(name, null, "not reached"));
            }
            catch (Refused e)
            {
                refusal = e.Refusal;
                _checks.Add(new ReceiptCheck(name, false, $"{refusal.Reason} ({refusal.Code})"));
            }
        }

        return new GatewayReceiptVerdict(refusal, _checks, _receipt, _statement, refusal is null ? _transcript : null, _cost);
    }

    private ReceiptCheck CheckStatement() => BoundStatement.TryRead(_stored.Statement, out _statement) && _statement.Statement.Role == StatementRole.Worker
        ? Passed("statement", $"the statement {_statement.Hash} is of a worker of network {_statement.Statement.NetworkId}, and claims tier {_statement.Statement.Tier.ToString().ToLowerInvariant()}")
        : throw new Refused(ReceiptRefusalCodes.Statement, "the statement does not have the form of a worker's in this version of the protocol");

    private ReceiptCheck CheckVoucher()
    {
        if (_stored.Voucher.IsEmpty)
        {
            return new ReceiptCheck("voucher", null, "nothing came beside the statement: a newer one had taken its place");
        }

        bool vouches = _statement!.Statement.Tier == TrustTier.Open
            ? ReceiptKey.Verify(_statement, _stored.Voucher.Span)
            : Quote.TryParse(_stored.Voucher.Span, out var quote, out _) && quote!.Td is { } td && td.ReportData.Span.SequenceEqual(_statement.ReportData());
        return !vouches ? throw new Refused(ReceiptRefusalCodes.Voucher, "what stands beside the statement does not vouch for it")
            : Passed("voucher", _statement.Statement.Tier == TrustTier.Open
                ? "it is signed by the worker's own key, which is all that tier open has: nobody else vouches for it"
                : "the quote beside it was made for this statement; whether a genuine machine made it is judged by ./cocoon verify quote");
    }

    private ReceiptCheck CheckSignature() => _stored.Signed.Check(_statement!, out _receipt) == ReceiptFault.None
        ? Passed("signature", string.Create(
            CultureInfo.InvariantCulture,
            $"the worker signed for {_receipt!.Usage.PromptTokens} prompt tokens, {_receipt.Usage.CachedTokens} of them cached, and {_receipt.Usage.CompletionTokens} generated in request {_receipt.RequestId}"))
        : throw new Refused(ReceiptRefusalCodes.Signature, "the receipt is not signed by the receipt key of the statement");

    private ReceiptCheck CheckTranscript() =>
        !AuctionTranscript.TryDecode(_stored.Transcript, out _transcript) ? throw new Refused(ReceiptRefusalCodes.Auction, "the transcript does not have the form of this version of the protocol")
        : !AuctionSignature.Verify(_stored.Transcript.Span, _stored.GatewaySignature.Span, _stored.GatewayKey.Span) ? throw new Refused(ReceiptRefusalCodes.Auction, "the transcript is not signed by the gateway's key")
        : Passed("transcript", $"the gateway {Digest.Of(_stored.GatewayKey.Span)} signed the auction's transcript");

    private ReceiptCheck CheckBinding() =>
        _receipt!.Usage.Auction is not { } named ? throw new Refused(ReceiptRefusalCodes.Auction, "the worker's receipt names no auction")
        : named != AuctionSignature.HashOf(_stored.Transcript.Span) || _transcript!.RequestId != _receipt.RequestId || _transcript.NetworkId != _receipt.NetworkId
            ? throw new Refused(ReceiptRefusalCodes.Auction, "the worker's receipt names another auction")
        : Passed("binding", "the worker's receipt names this transcript, so neither can be changed alone");

    private ReceiptCheck CheckSnapshot() =>
        !OfferLeaf.TryDecode(_stored.Leaf, out _leaf) || _leaf.WorkerId != _statement!.Statement.TunnelKeySha256.ToString()
            ? throw new Refused(ReceiptRefusalCodes.Auction, "the leaf is not of the worker that answered")
        : !OfferTree.Proves(OfferLeaf.HashOf(_stored.Leaf.Span), _transcript!.Place, _transcript.Offers, _stored.Path, _transcript.Root.Span)
            ? throw new Refused(ReceiptRefusalCodes.Auction, "the winner's offer is not under the snapshot's root")
        : Passed("snapshot", string.Create(
            CultureInfo.InvariantCulture, $"its offer was in the snapshot {_transcript.SnapshotVersion} of {_transcript.Offers} offers, of which {_transcript.Eligible} could have served"));

    private ReceiptCheck CheckOffer()
    {
        if (_leaf!.OfferHash is not { } hash)
        {
            return _stored.Offer is null && _transcript!.Ask == _leaf.Prices
                ? new ReceiptCheck("offer", null, "the worker signed no offer; it asked the prices that it registered, by the gateway's word")
                : throw new Refused(ReceiptRefusalCodes.Offer, "the worker asked other prices than it registered");
        }

        if (_stored.Offer is not var (bytes, signature) || !PostedOffer.TryRead(bytes, signature, out PostedOffer? posted, out _) || !posted.Hash.Span.SequenceEqual(hash.Span))
        {
            throw new Refused(ReceiptRefusalCodes.Offer, "the signed offer is missing, or another one than in the snapshot");
        }

        OfferTerms terms = posted.Terms;
        return !OfferSignature.Verify(bytes, signature, _statement!.Statement.ReceiptKey.Span) || terms.WorkerId != _leaf.WorkerId || terms.Model != _transcript!.Model
                ? throw new Refused(ReceiptRefusalCodes.Offer, "the offer is not signed by the worker's key, or of another worker or model")
            : _transcript.PricedAt > terms.Expires || terms.AskAt(_transcript.LoadPerMille, _transcript.PricedAt) != _transcript.Ask
                ? throw new Refused(ReceiptRefusalCodes.Offer, "what was asked is not what the signed offer comes to at that load and hour")
            : Passed("offer", string.Create(CultureInfo.InvariantCulture, $"the worker signed the offer {terms.Serial}; at {_transcript.LoadPerMille / 10.0:0.#} % load it asked {Write(_transcript.Ask)}"));
    }

    private ReceiptCheck CheckScore() =>
        _transcript!.Penalty < _leaf!.Record ? throw new Refused(ReceiptRefusalCodes.Auction, "the worker's record was left out of its score")
        : _transcript.FindFault() is { } fault ? throw new Refused(ReceiptRefusalCodes.Auction, fault)
        : Passed("score", string.Create(
            CultureInfo.InvariantCulture,
            $"{_transcript.PromptTokens} prompt and {_transcript.ExpectedCompletionTokens} expected tokens at that ask, and a penalty of {_transcript.Penalty / 1024.0:0.###}, come to the winner's score; {(_transcript.RunnerUpScore is { } other ? $"the runner-up's is {(double)other / (double)Int128.Max(1, _transcript.Score):0.###} times that" : "nobody of another provider stood behind it")}"));

    private ReceiptCheck CheckPrice()
    {
        TokenPrices price = _transcript!.Price;
        AnswerUsage usage = _receipt!.Usage;
        if (new ReceiptPrices(price.Prompt.Value, price.Cached.Value, price.Completion.Value, price.Request.Value).Hash() != usage.Prices)
        {
            throw new Refused(ReceiptRefusalCodes.Prices, "the worker signed for other prices than the auction's");
        }

        try
        {
            _cost = price.Charge(new TokenUsage(usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens, usage.ReasoningTokens)).Value;
        }
        catch (OverflowException)
        {
            throw new Refused(ReceiptRefusalCodes.Prices, "no amount can hold what it would cost");
        }

        return Passed("price", string.Create(CultureInfo.InvariantCulture, $"computed again, the price is {Write(price)}, which the worker signed for: at most {_cost} nano"));
    }

    private static string Write(TokenPrices price) => $"{price.Prompt},{price.Cached},{price.Completion},{price.Request}";

    private static ReceiptCheck Passed(string name, string text) => new(name, true, text);

    private sealed class Refused(string code, string reason) : Exception(reason)
    {
        public Refusal Refusal { get; } = new(code, reason);
    }
}
