using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>One verification: what was found so far, step by step.</summary>
internal sealed class EvidenceVerification(TrustAnchor anchor, VerifiedCollateralCache cache, Evidence evidence, EvidencePolicy policy, DateTimeOffset now)
{
    private const int PckChainLength = 3;
    private const string PckKind = "SGX PCK Certificate";

    private readonly List<VerificationStep> _passed = [];
    private Quote? _quote;
    private PckExtension? _processor;
    private TcbAppraisal? _tcb;
    private ImageManifest? _image;
    private Statement? _statement;
    private bool _hasGpus;
    private TrustTier _tier;
    private DateTimeOffset? _validUntil;
    private bool _mustDrain;

    /// <summary>Takes all steps.</summary>
    /// <exception cref="RefusedException">A step refuses; others may come from hostile bytes.</exception>
    public void Run()
    {
        var quote = ReadQuote();
        var chain = CertificateChain.Read(quote.PckChain.Span, anchor.Root, PckChainLength, PckKind, ChainCodes.Pck);
        chain.CheckTime(now);

        // The issuer belongs to what is remembered: a PCK CRL is only worth something together with the one whose certificates it revokes.
        var key = $"{evidence.Collateral.Digest}/{Convert.ToHexString(SHA256.HashData(chain.Issuer.Bytes.Span))}";
        var collateral = cache.Find(key);
        var isKnown = collateral is not null;
        if (!isKnown)
        {
            chain.CheckIssuerSignatures();
        }

        chain.CheckLeafSignature();
        _processor = PckExtension.Read(chain.Leaf);
        _passed.Add(VerificationStep.PckChain);

        collateral ??= new VerifiedCollateral(evidence.Collateral, anchor.Root, chain.Issuer);
        collateral.CheckTimeOfLists(now);
        collateral.CheckNotRevoked(chain.Leaf);
        _passed.Add(VerificationStep.RevocationLists);

        if (!isKnown)
        {
            collateral.CheckDocuments(evidence.Collateral, anchor.Root);
            cache.Keep(key, collateral);
        }

        collateral.CheckTimeOfDocuments(now);
        CheckPlatform(collateral, quote);
        Limit(collateral.ValidUntil);
        Limit(chain.NotAfter);
        _passed.Add(VerificationStep.Collateral);

        QuotingEnclaveRules.Check(quote, chain.Leaf, collateral.QeIdentity);
        _passed.Add(VerificationStep.QuotingEnclave);

        if (!new EcPublicKey(quote.AttestationKey).Verifies(quote.SignedPart.Span, quote.Signature.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw new RefusedException(RefusalCodes.QuoteSignature, "header and body of the quote were expected to be signed by the attestation key");
        }

        _passed.Add(VerificationStep.QuoteSignature);

        _tcb = new TcbAppraiser(quote, _processor, collateral.TcbInfo, collateral.QeIdentity).Appraise();
        if (_tcb.Status == TcbStatus.Revoked)
        {
            throw new RefusedException(RefusalCodes.TcbRevoked, "Intel no longer trusts this platform, its TDX module or its quoting enclave");
        }

        _passed.Add(VerificationStep.PlatformTcb);
        Judge(quote);
    }

    /// <summary>What became of it.</summary>
    public EvidenceVerdict Verdict(Refusal? refusal) => new()
    {
        Refusal = refusal,
        Passed = _passed,
        Assurance = anchor.Assurance,
        Quote = _quote,
        Processor = _processor,
        Tcb = _tcb,
        Image = _image,
        Statement = _statement,
        Tier = refusal is null ? _tier : TrustTier.Simulated,
        ValidUntil = _validUntil,
        MustDrain = _mustDrain,
    };

    private Quote ReadQuote()
    {
        _quote = evidence.Quote.Length <= Quote.LargestBytes ? Quote.Parse(evidence.Quote.ToArray()) : Quote.Parse(evidence.Quote);
        if (!_quote.QeVendorId.Span.SequenceEqual(anchor.QeVendorId.Span))
        {
            throw new RefusedException(
                RefusalCodes.QuoteQeVendor,
                $"the quoting enclave was expected to be of vendor {Convert.ToHexStringLower(anchor.QeVendorId.Span)}, not {Convert.ToHexStringLower(_quote.QeVendorId.Span)}");
        }

        _passed.Add(VerificationStep.Parse);
        return _quote;
    }

    private void CheckPlatform(VerifiedCollateral collateral, Quote quote)
    {
        if (collateral.TcbInfo.Tee != quote.Tee)
        {
            throw new RefusedException(RefusalCodes.TcbId, $"a TCB info for {quote.Tee} was expected, not for {collateral.TcbInfo.Tee}");
        }

        if (collateral.QeIdentity.Tee != quote.Tee)
        {
            throw new RefusedException(RefusalCodes.QeIdentityId, $"a QE identity for {quote.Tee} was expected, not for {collateral.QeIdentity.Tee}");
        }

        if (!collateral.TcbInfo.Fmspc.AsSpan().SequenceEqual(_processor!.Fmspc.Span))
        {
            throw new RefusedException(
                RefusalCodes.TcbFmspc, $"a TCB info for FMSPC {Convert.ToHexStringLower(_processor.Fmspc.Span)} was expected, not for {Convert.ToHexStringLower(collateral.TcbInfo.Fmspc)}");
        }

        if (!collateral.TcbInfo.PceId.AsSpan().SequenceEqual(_processor.PceId.Span))
        {
            throw new RefusedException(
                RefusalCodes.TcbPceId, $"a TCB info for PCEID {Convert.ToHexStringLower(_processor.PceId.Span)} was expected, not for {Convert.ToHexStringLower(collateral.TcbInfo.PceId)}");
        }
    }

    private void Judge(Quote quote)
    {
        var td = quote.Td
            ?? throw new RefusedException(RefusalCodes.PolicyTee, "a quote of a TDX virtual machine was expected; this is one of an SGX enclave");
        TdAttributeRules.Check(td);
        _passed.Add(VerificationStep.TdAttributes);

        var (until, mustDrain) = policy.Tcb.Judge(_tcb!, Convert.ToHexStringLower(_processor!.Fmspc.Span), now);
        _mustDrain = mustDrain;
        if (until is { } limit)
        {
            Limit(limit);
        }

        _passed.Add(VerificationStep.TcbPolicy);

        // A log is judged before the image, which may take from it what the system measured while it ran.
        if (evidence.EventLog is { } log)
        {
            log.CheckRegisters(td);
        }

        _passed.Add(VerificationStep.EventLog);
        _image = policy.Images is { } images ? ImageRules.Find(td, evidence.EventLog, images) : null;
        _passed.Add(VerificationStep.Image);
        _statement = ReadStatement(td);
        _passed.Add(VerificationStep.Statement);
        if (evidence.Gpus is { } gpus)
        {
            CheckGpus(gpus);
            _hasGpus = true;
        }

        _passed.Add(VerificationStep.Gpus);
        JudgeTier();
        _passed.Add(VerificationStep.Tier);
    }

    private Statement? ReadStatement(TdReport td)
    {
        if (evidence.Statement is not { } bytes)
        {
            return policy.RequiresStatement
                ? throw new RefusedException(RefusalCodes.StatementMissing, "a statement was expected with the quote")
                : null;
        }

        var statement = StatementRules.Check(bytes, td, policy, now);
        if (_image is not null && statement.Image?.ToArray().AsSpan().SequenceEqual(_image.Id()) != true)
        {
            throw new RefusedException(RefusalCodes.StatementImage, $"the statement was expected to name the image that runs, {Convert.ToHexStringLower(_image.Id())}");
        }

        StatementRules.CheckModels(statement, evidence.EventLog);
        Limit(statement.Expires);
        return statement;
    }

    private void CheckGpus(ReadOnlyMemory<byte> bytes)
    {
        if (evidence.Statement is not { } statement || !BoundStatement.TryRead(statement, out var bound))
        {
            throw new RefusedException(RefusalCodes.StatementMissing, "a statement was expected with the evidence of GPUs");
        }

        if (!GpuEvidence.TryDecode(bytes, out var gpus))
        {
            throw new RefusedException(RefusalCodes.GpuEvidence, $"1 to {GpuEvidence.MostDevices} GPUs, each with report and chain, were expected in deterministic CBOR");
        }

        if (bound.Statement.GpuEvidenceSha256?.ToArray().AsSpan().SequenceEqual(SHA256.HashData(bytes.Span)) != true)
        {
            throw new RefusedException(RefusalCodes.GpuBinding, "the statement was expected to name this evidence of GPUs by its hash");
        }

        var nonce = bound.GpuNonce().ToArray();
        HashSet<string> keys = [];
        foreach (var device in gpus.Devices)
        {
            var verdict = anchor.Gpus.Verify(device.Report.Span, device.Chain.Span, nonce, now, evidence.GpuReferences ?? new GpuReferences());
            if (verdict.Refusal is { } refusal)
            {
                throw new RefusedException(refusal.Code, refusal.Reason);
            }

            if (!keys.Add(verdict.DeviceKey!))
            {
                throw new RefusedException(RefusalCodes.GpuEvidence, $"each GPU was expected once; {verdict.Device} comes again");
            }

            Limit(verdict.ValidUntil!.Value);
        }
    }

    /// <summary>The tier that was shown. A confidential image without GPUs whose own evidence was checked is open: text would leave the TD in the clear.</summary>
    private void JudgeTier()
    {
        _tier = anchor.Assurance == Assurance.Simulated ? TrustTier.Simulated
            : _image is { Tier: TrustTier.Tdx } ? TrustTier.Tdx
            : _image is { Tier: TrustTier.Confidential } && _hasGpus ? TrustTier.Confidential
            : TrustTier.Open;
        if (_statement is not null && _image is not null && _statement.Tier != _tier)
        {
            throw new RefusedException(RefusalCodes.StatementTier, $"the statement was expected to claim tier {_tier}, which the evidence shows, not {_statement.Tier}");
        }

        if (policy.MinimumTier is { } least && (_tier == TrustTier.Simulated || _tier < least))
        {
            throw new RefusedException(RefusalCodes.PolicyTier, $"tier {least} was expected; the evidence shows {_tier}");
        }
    }

    private void Limit(DateTimeOffset until) => _validUntil = _validUntil is { } earlier && earlier < until ? earlier : until;
}
