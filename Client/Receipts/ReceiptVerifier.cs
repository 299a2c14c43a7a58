using System.Globalization;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Client.Answers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Receipts;

/// <summary>Judges a stored receipt from its bytes alone: no network, no clock. It never throws on what they hold.</summary>
public sealed class ReceiptVerifier
{
    private static readonly TimeSpan Skew = BoundStatement.ClockSkew;

    private readonly StoredReceipt _stored;
    private readonly ReceiptEvidence _evidence;
    private readonly List<ReceiptCheck> _checks = [];
    private RequestHeader? _header;
    private Digest _headerHash;
    private BoundStatement? _statement;
    private UsageReceipt? _receipt;
    private EvidenceVerdict? _quote;
    private long? _cost;

    private ReceiptVerifier(StoredReceipt stored, ReceiptEvidence evidence) => (_stored, _evidence) = (stored, evidence);

    /// <summary>Takes all checks, in order, until one fails.</summary>
    /// <param name="stored">The stored receipt.</param>
    /// <param name="evidence">By what it is judged beyond itself.</param>
    public static ReceiptVerdict Verify(StoredReceipt stored, ReceiptEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(evidence);
        return new ReceiptVerifier(stored, evidence).Verify();
    }

    private ReceiptVerdict Verify()
    {
        (string Name, Func<ReceiptCheck> Check)[] steps =
        [
            ("statement", CheckStatement),
            ("statementTime", CheckStatementTime),
            ("voucher", CheckVoucher),
            ("quote", CheckQuote),
            ("signature", CheckSignature),
            ("request", CheckRequest),
            ("answer", CheckAnswer),
            ("model", CheckModel),
            ("usage", CheckUsage),
            ("price", CheckPrice),
            ("time", CheckTime),
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

        return new ReceiptVerdict(refusal, _checks, _receipt, _header, _statement, _quote, _cost);
    }

    private ReceiptCheck CheckStatement()
    {
        if (!RequestHeader.TryRead(_stored.Header, out _header, out _headerHash))
        {
            throw new Refused(ReceiptRefusalCodes.Format, "the client's record holds no header of a sealed request");
        }

        if (!BoundStatement.TryRead(_stored.Statement, out _statement))
        {
            throw new Refused(ReceiptRefusalCodes.Statement, "the statement does not have the form of this version of the protocol");
        }

        var statement = _statement.Statement;
        return statement.Role == StatementRole.Worker && statement.NetworkId == _header.NetworkId
            ? Passed("statement", $"the statement {_statement.Hash} is of a worker of network {statement.NetworkId}, and claims tier {Word(statement.Tier)}")
            : throw new Refused(ReceiptRefusalCodes.Statement, $"a worker's statement of network {_header.NetworkId} was expected, not a {statement.Role}'s of {statement.NetworkId}");
    }

    private ReceiptCheck CheckStatementTime() => _statement!.CheckTime(_stored.Asked) == SealingFault.None
        ? Passed("statementTime", string.Create(CultureInfo.InvariantCulture, $"it held when the client sealed to it, {_stored.Asked:u}"))
        : throw new Refused(
            ReceiptRefusalCodes.StatementTime,
            string.Create(CultureInfo.InvariantCulture, $"the statement holds from {_statement.Statement.NotBefore:u} to {_statement.Statement.Expires:u}, and the request was sealed at {_stored.Asked:u}"));

    private ReceiptCheck CheckVoucher()
    {
        if (_statement!.Statement.Tier == TrustTier.Open)
        {
            return ReceiptKey.Verify(_statement, _stored.Voucher.Span)
                ? Passed("voucher", "it is signed by the worker's own key, which is all that tier open has: nobody else vouches for it")
                : throw new Refused(ReceiptRefusalCodes.Voucher, "the statement is not signed by the key that it names");
        }

        return Quote.TryParse(_stored.Voucher.Span, out var quote, out var refusal)
            ? quote!.Td is { } td && td.ReportData.Span.SequenceEqual(_statement.ReportData())
                ? Passed("voucher", "the quote beside it was made for this statement")
                : throw new Refused(ReceiptRefusalCodes.Voucher, "the quote was made for another statement")
            : throw new Refused(ReceiptRefusalCodes.Voucher, $"what stands beside the statement is no quote ({refusal})");
    }

    private ReceiptCheck CheckQuote()
    {
        if (_statement!.Statement.Tier == TrustTier.Open)
        {
            return new ReceiptCheck("quote", null, "in tier open there is no quote: nothing is said about the machine, and its owner could read the text");
        }

        if (_evidence.Collateral is not { } collateral)
        {
            return new ReceiptCheck("quote", null, "no collateral was given: whether a genuine machine made the quote was not judged");
        }

        var policy = new EvidencePolicy { Tcb = _evidence.Tcb, Images = _evidence.Images, RequiresStatement = true, NetworkId = _header!.NetworkId, Role = StatementRole.Worker };
        EventLog? log = null;
        if (_stored.EventLog is { } bytes && !EventLog.TryParse(bytes.Span, out log, out var unread))
        {
            throw new Refused(unread!.Code, unread.Reason);
        }

        GpuReferences? references = null;
        if (_stored.GpuReferences is { } documents && !GpuReferences.TryDecode(documents, out references))
        {
            throw new Refused(RefusalCodes.GpuReferenceFormat, "reference values and OCSP answers were expected in deterministic CBOR");
        }

        _quote = new EvidenceVerifier(_evidence.Anchor).Verify(
            new Attestation.Verification.Evidence { Quote = _stored.Voucher, Collateral = collateral, EventLog = log, Gpus = _stored.Gpus, GpuReferences = references, Statement = _stored.Statement }, policy, _evidence.At ?? _stored.Asked);
        if (_quote.Refusal is { } refusal)
        {
            throw new Refused(refusal.Code, refusal.Reason);
        }

        return Passed(
            "quote",
            _quote.Assurance == Assurance.Simulated ? "SIMULATED: the quote is of a simulated issuer, and proves nothing about any machine"
            : _quote.Image is null ? "a genuine machine made the quote; no image was named, so nothing is said about what it runs"
            : $"a genuine machine made the quote, and runs the image {Convert.ToHexStringLower(_quote.Image.Id())}: tier {Word(_quote.Tier)}");
    }

    private ReceiptCheck CheckSignature() => _stored.Signed.Check(_statement!, out _receipt) switch
    {
        ReceiptFault.None => Passed("signature", "the receipt is signed by the receipt key of that statement, and names it"),
        ReceiptFault.BadSignature => throw new Refused(ReceiptRefusalCodes.Signature, "the receipt is not signed by the receipt key of the statement"),
        ReceiptFault.OtherAnswer => throw new Refused(ReceiptRefusalCodes.Signature, "the receipt names another statement or network"),
        _ => throw new Refused(ReceiptRefusalCodes.Signature, "the receipt does not have the form of this version of the protocol"),
    };

    private ReceiptCheck CheckRequest() =>
        !_header!.Recipients.Any(recipient => recipient.StatementHash == _statement!.Hash) ? throw new Refused(ReceiptRefusalCodes.Request, "the request was not sealed to the statement's worker")
        : _receipt!.RequestId != _header.Terms.RequestId || _receipt.HeaderHash != _headerHash ? throw new Refused(ReceiptRefusalCodes.Request, $"a receipt of request {_header.Terms.RequestId} was expected, as the client sealed it")
        : Passed("request", $"it is of the client's request {_receipt.RequestId} for model {_header.Terms.Model}, with the header that the client sealed");

    private ReceiptCheck CheckAnswer() => _receipt!.ResponseNonce == _stored.ResponseNonce && _receipt.AnswerSha256 == _stored.AnswerSha256
        ? Passed("answer", string.Create(CultureInfo.InvariantCulture, $"it is of the answer that came in: {_stored.AnswerBytes} sealed bytes of SHA-256 {_stored.AnswerSha256}; its status is {Word(_receipt.Status)}"))
        : throw new Refused(ReceiptRefusalCodes.Answer, "the receipt is of another answer than the one that the client recorded");

    private ReceiptCheck CheckModel()
    {
        var model = _receipt!.Usage.ModelManifest;
        return !_statement!.Statement.Models.Contains(model) ? throw new Refused(ReceiptRefusalCodes.Model, $"the receipt names the model {model}, which the statement doesn't list")
            : _evidence.ModelManifest is not { } expected ? Passed("model", $"the model {model} computed it, one of those that the statement lists")
            : expected == model ? Passed("model", $"the model {model} computed it, which was asked for")
            : throw new Refused(ReceiptRefusalCodes.Model, $"the model {expected} was expected, and {model} computed it");
    }

    private ReceiptCheck CheckUsage()
    {
        var usage = _receipt!.Usage;
        return usage.CompletionTokens <= _stored.AnswerBytes
            ? Passed(
                "usage",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{usage.PromptTokens} prompt tokens, {usage.CachedTokens} of them cached, and {usage.CompletionTokens} generated, {usage.ReasoningTokens} of them reasoning: no more than the answer can hold"))
            : throw new Refused(ReceiptRefusalCodes.Usage, $"{usage.CompletionTokens} generated tokens are more than the {_stored.AnswerBytes} bytes of the answer can hold");
    }

    private ReceiptCheck CheckPrice()
    {
        try
        {
            _cost = VerifiedUsage.CostOf(_receipt!.Usage, _stored.Prices, _header!.Terms.HoldLimitNano);
            return Passed(
                "price",
                string.Create(CultureInfo.InvariantCulture, $"at the prices that the worker signed for ({SealedHttp.Write(_stored.Prices)}) it comes to {_cost} nano, of {_header.Terms.HoldLimitNano} that were allowed"));
        }
        catch (SealingRefusedException e)
        {
            throw new Refused(ReceiptRefusalCodes.Prices, e.Message);
        }
    }

    private ReceiptCheck CheckTime()
    {
        var (started, ended) = (_receipt!.Usage.Started, _receipt.Usage.Ended);
        return started >= _stored.Asked - Skew && ended <= _stored.Answered + Skew
            ? Passed("time", string.Create(CultureInfo.InvariantCulture, $"the worker began at {started:u} and ended at {ended:u}, between question and answer"))
            : throw new Refused(
                ReceiptRefusalCodes.Time,
                string.Create(CultureInfo.InvariantCulture, $"the worker says {started:u} to {ended:u}, and the client asked at {_stored.Asked:u} and had its answer at {_stored.Answered:u}"));
    }

    private static ReceiptCheck Passed(string name, string text) => new(name, true, text);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private sealed class Refused(string code, string reason) : Exception(reason)
    {
        public Refusal Refusal { get; } = new(code, reason);
    }
}
