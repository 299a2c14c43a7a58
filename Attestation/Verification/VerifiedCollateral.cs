using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>
/// Collateral whose signatures were checked, together with the issuer of the PCK certificates that it is about. Nothing here depends on a quote or on
/// the time, so it can be kept: <see cref="CheckTimeOfLists"/> and <see cref="CheckTimeOfDocuments"/> are asked at every use.
/// </summary>
internal sealed class VerifiedCollateral
{
    private const string SignerKind = "SGX TCB Signing";
    private const int SignerChainLength = 2;

    private readonly CertificateRevocationList _rootCrl;
    private readonly CertificateRevocationList _pckCrl;
    private readonly Certificate _pckIssuer;
    private CertificateChain _tcbSigner = null!;
    private CertificateChain _qeSigner = null!;

    /// <summary>Checks the CRLs; <see cref="CheckDocuments"/> checks the rest.</summary>
    /// <param name="collateral">The set.</param>
    /// <param name="root">The pinned root.</param>
    /// <param name="pckIssuer">The quote's own intermediate: a CRL of another one says nothing of its certificates. Signed by the root.</param>
    public VerifiedCollateral(Collateral collateral, Certificate root, Certificate pckIssuer)
    {
        _pckIssuer = pckIssuer;
        _rootCrl = CertificateRevocationList.Parse(collateral.RootCaCrl, "root CA's CRL");
        _rootCrl.CheckIssuer(root);
        _pckCrl = CertificateRevocationList.Parse(collateral.PckCrl, "PCK CRL");
        _pckCrl.CheckIssuer(pckIssuer);
    }

    public CertificateRevocationList RootCrl => _rootCrl;

    public CertificateRevocationList PckCrl => _pckCrl;

    public TcbInfo TcbInfo { get; private set; } = null!;

    public QeIdentity QeIdentity { get; private set; } = null!;

    /// <summary>The earliest end of anything in it.</summary>
    public DateTimeOffset ValidUntil { get; private set; }

    /// <summary>Checks signers, signatures and form of TCB info and QE identity.</summary>
    public void CheckDocuments(Collateral collateral, Certificate root)
    {
        _tcbSigner = Signer(collateral.TcbInfoChain, root, ChainCodes.TcbInfo, RefusalCodes.TcbSignerRevoked);
        CheckSignature(_tcbSigner, collateral.TcbInfo, collateral.TcbInfoSignature, RefusalCodes.TcbSignature, "TCB info");

        // As a rule both have one signer, and then it is checked once.
        _qeSigner = collateral.QeIdentityChain.Span.SequenceEqual(collateral.TcbInfoChain.Span)
            ? _tcbSigner
            : Signer(collateral.QeIdentityChain, root, ChainCodes.QeIdentity, RefusalCodes.QeIdentitySignerRevoked);
        CheckSignature(_qeSigner, collateral.QeIdentity, collateral.QeIdentitySignature, RefusalCodes.QeIdentitySignature, "QE identity");
        TcbInfo = TcbInfo.Parse(collateral.TcbInfo);
        QeIdentity = QeIdentity.Parse(collateral.QeIdentity);
        ValidUntil = ((DateTimeOffset[])[_rootCrl.NextUpdate, _pckCrl.NextUpdate, _tcbSigner.NotAfter, _qeSigner.NotAfter, TcbInfo.NextUpdate, QeIdentity.NextUpdate]).Min();
    }

    /// <summary>Whether a list of the root names a signer of these documents.</summary>
    public bool HasSignerRevokedBy(CertificateRevocationList rootCrl) => rootCrl.Revokes(_tcbSigner.Leaf) || rootCrl.Revokes(_qeSigner.Leaf);

    public void CheckTimeOfLists(DateTimeOffset now)
    {
        _rootCrl.CheckTime(now);
        _pckCrl.CheckTime(now);
    }

    public void CheckNotRevoked(Certificate pck)
    {
        if (_rootCrl.Revokes(_pckIssuer))
        {
            throw new RefusedException(RefusalCodes.PckIssuerRevoked, $"{_pckIssuer.SubjectCommonName} was expected not to be revoked by the root");
        }

        if (_pckCrl.Revokes(pck))
        {
            throw new RefusedException(RefusalCodes.PckRevoked, "the processor's certificate was expected not to be revoked");
        }
    }

    public void CheckTimeOfDocuments(DateTimeOffset now)
    {
        _tcbSigner.CheckTime(now);
        _qeSigner.CheckTime(now);
        CheckTime(now, TcbInfo.IssueDate, TcbInfo.NextUpdate, RefusalCodes.TcbExpired, "TCB info");
        CheckTime(now, QeIdentity.IssueDate, QeIdentity.NextUpdate, RefusalCodes.QeIdentityExpired, "QE identity");
    }

    private static void CheckTime(DateTimeOffset now, DateTimeOffset from, DateTimeOffset until, string code, string name)
    {
        if (now < from || now > until)
        {
            throw new RefusedException(code, $"the {name} holds from {from:u} to {until:u}, not at {now:u}");
        }
    }

    private static void CheckSignature(CertificateChain signer, ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> signature, string code, string name)
    {
        if (!signer.Leaf.Key.Verifies(document.Span, signature.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw new RefusedException(code, $"the {name} was expected to be signed, as it stands, by {signer.Leaf.SubjectCommonName}");
        }
    }

    private CertificateChain Signer(ReadOnlyMemory<byte> pem, Certificate root, ChainCodes codes, string revoked)
    {
        var chain = CertificateChain.Read(pem.Span, root, SignerChainLength, SignerKind, codes);
        chain.CheckLeafSignature();
        return _rootCrl.Revokes(chain.Leaf)
            ? throw new RefusedException(revoked, $"{chain.Leaf.SubjectCommonName} was expected not to be revoked by the root")
            : chain;
    }
}
