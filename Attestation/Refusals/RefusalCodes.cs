using CocoonOrleans.Attestation.Certificates;

namespace CocoonOrleans.Attestation.Refusals;

/// <summary>The codes of all refusals; those of certificate chains are in <see cref="ChainCodes"/>. A code says which rule refused, the reason what was found.</summary>
public static class RefusalCodes
{
    /// <summary>Bytes that no cryptographic library takes: a point off its curve, broken base64.</summary>
    public const string Malformed = "crypto.malformed";

    /// <summary>The verifier itself failed. Report it.</summary>
    public const string Fault = "internal.fault";

    /// <summary>The quote is larger than 64 KiB.</summary>
    public const string QuoteSize = "quote.size";

    /// <summary>The quote ends before its parts do, or a declared length is too large.</summary>
    public const string QuoteTruncated = "quote.truncated";

    /// <summary>A part of the quote is longer than what it holds.</summary>
    public const string QuoteFormat = "quote.format";

    /// <summary>Not version 4 or 5 (SGX: 3).</summary>
    public const string QuoteVersion = "quote.version";

    /// <summary>The attestation key is not ECDSA P-256.</summary>
    public const string QuoteKeyType = "quote.attkeytype";

    /// <summary>Neither TDX nor, in version 3, SGX.</summary>
    public const string QuoteTeeType = "quote.teetype";

    /// <summary>The quoting enclave is another vendor's than the anchor's.</summary>
    public const string QuoteQeVendor = "quote.qevendor";

    /// <summary>A body of version 5 whose type and size don't fit.</summary>
    public const string QuoteBodyType = "quote.bodytype";

    /// <summary>The quote doesn't carry its PCK chain.</summary>
    public const string QuoteCertificationType = "quote.certtype";

    /// <summary>Something else than zeros behind the quote's end.</summary>
    public const string QuoteTrailing = "quote.trailing";

    /// <summary>Header and body are not signed by the attestation key.</summary>
    public const string QuoteSignature = "quote.signature";

    /// <summary>The processor's certificate lacks Intel's SGX extension, or it has gaps or repetitions.</summary>
    public const string PckExtension = "pck.extension";

    /// <summary>The processor's certificate is revoked.</summary>
    public const string PckRevoked = "pck.revoked";

    /// <summary>The issuer of the processor's certificate is revoked.</summary>
    public const string PckIssuerRevoked = "pck.intermediate.revoked";

    /// <summary>The collateral is no JSON of the known layout.</summary>
    public const string CollateralFormat = "collateral.format";

    /// <summary>The collateral is older than what was seen before.</summary>
    public const string CollateralRollback = "collateral.rollback";

    /// <summary>Collateral can't be fetched, and none is kept that still holds.</summary>
    public const string CollateralUnavailable = "collateral.unavailable";

    /// <summary>The clock of whoever verifies was set back.</summary>
    public const string ClockRollback = "clock.rollback";

    /// <summary>A CRL is absent; both are required.</summary>
    public const string CrlMissing = "crl.missing";

    /// <summary>A CRL is no complete CRL in DER.</summary>
    public const string CrlFormat = "crl.format";

    /// <summary>A CRL's algorithm is not ECDSA with SHA-256, or the unsigned one differs from the signed one.</summary>
    public const string CrlAlgorithm = "crl.algorithm";

    /// <summary>A CRL has a critical extension that we don't know.</summary>
    public const string CrlCritical = "crl.critical";

    /// <summary>A CRL is of another issuer than the quote's certificates.</summary>
    public const string CrlIssuer = "crl.issuer";

    /// <summary>A CRL is not signed by its issuer.</summary>
    public const string CrlSignature = "crl.signature";

    /// <summary>A CRL is expired or not valid yet.</summary>
    public const string CrlExpired = "crl.expired";

    /// <summary>The TCB info is not of the known form.</summary>
    public const string TcbFormat = "tcb.format";

    /// <summary>The TCB info is of another kind or version.</summary>
    public const string TcbId = "tcb.id";

    /// <summary>The TCB info is not signed as it stands.</summary>
    public const string TcbSignature = "tcb.signature";

    /// <summary>The signer of the TCB info is revoked.</summary>
    public const string TcbSignerRevoked = "tcb.signer.revoked";

    /// <summary>The TCB info is expired or not issued yet.</summary>
    public const string TcbExpired = "tcb.expired";

    /// <summary>The TCB info is of another processor family.</summary>
    public const string TcbFmspc = "tcb.fmspc";

    /// <summary>The TCB info is of another provisioning certification enclave.</summary>
    public const string TcbPceId = "tcb.pceid";

    /// <summary>Intel's status word is one that we don't know.</summary>
    public const string TcbUnknownStatus = "tcb.unknown_status";

    /// <summary>The platform is below every level that Intel knows.</summary>
    public const string TcbUnsupported = "tcb.unsupported";

    /// <summary>Intel no longer trusts the platform.</summary>
    public const string TcbRevoked = "tcb.revoked";

    /// <summary>The QE identity is not of the known form.</summary>
    public const string QeIdentityFormat = "qeid.format";

    /// <summary>The QE identity is of another kind or version.</summary>
    public const string QeIdentityId = "qeid.id";

    /// <summary>The QE identity is not signed as it stands.</summary>
    public const string QeIdentitySignature = "qeid.signature";

    /// <summary>The signer of the QE identity is revoked.</summary>
    public const string QeIdentitySignerRevoked = "qeid.signer.revoked";

    /// <summary>The QE identity is expired or not issued yet.</summary>
    public const string QeIdentityExpired = "qeid.expired";

    /// <summary>The quoting enclave's report is not signed by the processor.</summary>
    public const string QeSignature = "qe.signature";

    /// <summary>The quoting enclave does not vouch for the attestation key.</summary>
    public const string QeBinding = "qe.binding";

    /// <summary>The quoting enclave is not Intel's.</summary>
    public const string QeSigner = "qe.mrsigner";

    /// <summary>The quoting enclave is another product.</summary>
    public const string QeProduct = "qe.prodid";

    /// <summary>The quoting enclave's MISCSELECT is not as Intel's identity says.</summary>
    public const string QeMiscSelect = "qe.miscselect";

    /// <summary>The quoting enclave is open to a debugger.</summary>
    public const string QeDebug = "qe.debug";

    /// <summary>The quoting enclave's ATTRIBUTES are not as Intel's identity says.</summary>
    public const string QeAttributes = "qe.attributes";

    /// <summary>The quoting enclave is below every level that Intel knows.</summary>
    public const string QeUnsupported = "qe.unsupported";

    /// <summary>Intel's document does not name the TDX module.</summary>
    public const string TdxModuleUnknown = "tdxmodule.unknown";

    /// <summary>The TDX module is below every level that Intel knows.</summary>
    public const string TdxModuleUnsupported = "tdxmodule.unsupported";

    /// <summary>The TDX module is not Intel's.</summary>
    public const string TdxModuleSigner = "tdxmodule.signer";

    /// <summary>The TDX module has attributes set.</summary>
    public const string TdxModuleAttributes = "tdxmodule.attributes";

    /// <summary>The TD can be debugged or profiled by its host.</summary>
    public const string TdDebug = "td.debug";

    /// <summary>The TD takes exceptions that its host can cause on any page.</summary>
    public const string TdSeptVe = "td.sept_ve_disable";

    /// <summary>The TD can be moved to another machine.</summary>
    public const string TdMigratable = "td.migratable";

    /// <summary>The TD's performance counters are open.</summary>
    public const string TdPerfMon = "td.perfmon";

    /// <summary>TDATTRIBUTES has bits that are not defined.</summary>
    public const string TdReserved = "td.reserved";

    /// <summary>A service TD is bound to the TD.</summary>
    public const string TdService = "td.servicetd";

    /// <summary>Not a TDX virtual machine.</summary>
    public const string PolicyTee = "policy.tee";

    /// <summary>The policy does not take the platform's TCB status.</summary>
    public const string PolicyStatus = "policy.status";

    /// <summary>The TD was not started again in time.</summary>
    public const string PolicyRelaunch = "policy.relaunch";

    /// <summary>The event log has no form that is known.</summary>
    public const string LogFormat = "log.format";

    /// <summary>The digest of a runtime event is not that of its name and payload.</summary>
    public const string LogDigest = "log.digest";

    /// <summary>The event log's replay gives other registers than the quote's.</summary>
    public const string LogReplay = "log.replay";

    /// <summary>The image asks for an event log, and there is none.</summary>
    public const string LogMissing = "log.missing";

    /// <summary>The image manifest has no form that is known.</summary>
    public const string ImageFormat = "image.format";

    /// <summary>The TD runs none of the images that are known.</summary>
    public const string ImageUnknown = "image.unknown";

    /// <summary>The firmware is not the image's.</summary>
    public const string ImageMrTd = "image.mrtd";

    /// <summary>Configuration, kernel or command line are not the image's.</summary>
    public const string ImageRtmr = "image.rtmr";

    /// <summary>What the running system measured is not what the image measures.</summary>
    public const string ImageRuntime = "image.rtmr3";

    /// <summary>MRCONFIGID, MROWNER or MROWNERCONFIG are not the image's.</summary>
    public const string ImageConfiguration = "image.configuration";

    /// <summary>TDATTRIBUTES or XFAM are not the image's.</summary>
    public const string ImageAttributes = "image.attributes";

    /// <summary>The image does not list the TDX module.</summary>
    public const string ImageModule = "image.mrseam";

    /// <summary>The statement is not of the known form.</summary>
    public const string StatementFormat = "statement.format";

    /// <summary>A statement was asked for, and there is none.</summary>
    public const string StatementMissing = "statement.missing";

    /// <summary>The quote was made for another statement, or for none.</summary>
    public const string StatementBinding = "statement.binding";

    /// <summary>The statement is for another network.</summary>
    public const string StatementNetwork = "statement.network";

    /// <summary>The statement is of another role.</summary>
    public const string StatementRole = "statement.role";

    /// <summary>The statement holds for longer than ten minutes, or ends before it begins.</summary>
    public const string StatementLife = "statement.life";

    /// <summary>The statement is expired or not valid yet.</summary>
    public const string StatementExpired = "statement.expired";

    /// <summary>The statement names another image than the one that runs.</summary>
    public const string StatementImage = "statement.image";

    /// <summary>The statement names a model that was not measured.</summary>
    public const string StatementModels = "statement.models";

    /// <summary>The statement claims another tier than the evidence shows.</summary>
    public const string StatementTier = "statement.tier";

    /// <summary>The evidence shows a lower tier than was asked for.</summary>
    public const string PolicyTier = "policy.tier";

    /// <summary>The GPU's report is no SPDM 1.1 request and response.</summary>
    public const string GpuFormat = "gpu.format";

    /// <summary>The GPU did not sign the report.</summary>
    public const string GpuSignature = "gpu.signature";

    /// <summary>The GPU's report was made for another nonce.</summary>
    public const string GpuNonce = "gpu.nonce";

    /// <summary>The firmware that answered is not the one that the GPU's certificate names.</summary>
    public const string GpuFirmware = "gpu.firmware";

    /// <summary>The evidence of the GPUs has no form that is known, or names a GPU twice.</summary>
    public const string GpuEvidence = "gpu.evidence";

    /// <summary>The statement names other evidence of GPUs, or none.</summary>
    public const string GpuBinding = "gpu.binding";

    /// <summary>NVIDIA's reference values have no form that is known.</summary>
    public const string GpuReferenceFormat = "gpu.rim.format";

    /// <summary>NVIDIA's reference values are not signed as they stand.</summary>
    public const string GpuReferenceSignature = "gpu.rim.signature";

    /// <summary>There are no reference values for the GPU's driver or VBIOS.</summary>
    public const string GpuReferenceMissing = "gpu.rim.missing";

    /// <summary>What the GPU measured is not what NVIDIA's reference values name.</summary>
    public const string GpuMeasurement = "gpu.measurement";

    /// <summary>An answer about revocation has no form that is known.</summary>
    public const string GpuRevocationFormat = "gpu.ocsp.format";

    /// <summary>An answer about revocation is signed by somebody who may not.</summary>
    public const string GpuRevocationSignature = "gpu.ocsp.signature";

    /// <summary>An answer about revocation is expired or not valid yet.</summary>
    public const string GpuRevocationExpired = "gpu.ocsp.expired";

    /// <summary>An answer about revocation is required and absent.</summary>
    public const string GpuRevocationMissing = "gpu.ocsp.missing";

    /// <summary>A certificate of the GPU or of a signer of reference values is revoked, or unknown to its issuer.</summary>
    public const string GpuRevoked = "gpu.revoked";

    /// <summary>The token or the key set has no form that is known.</summary>
    public const string GpuTokenFormat = "gpu.token.format";

    /// <summary>The token is signed otherwise than by ES384, or not at all.</summary>
    public const string GpuTokenAlgorithm = "gpu.token.algorithm";

    /// <summary>The token names a key that is not known.</summary>
    public const string GpuTokenKey = "gpu.token.key";

    /// <summary>The token is not signed by the key that it names.</summary>
    public const string GpuTokenSignature = "gpu.token.signature";

    /// <summary>The token is of another issuer.</summary>
    public const string GpuTokenIssuer = "gpu.token.issuer";

    /// <summary>The token is expired or not valid yet.</summary>
    public const string GpuTokenExpired = "gpu.token.expired";

    /// <summary>The token was made for another nonce.</summary>
    public const string GpuTokenNonce = "gpu.token.nonce";

    /// <summary>The tokens of the GPUs are not those that the signed list names.</summary>
    public const string GpuTokenDigest = "gpu.token.digest";

    /// <summary>NVIDIA's service found something wrong.</summary>
    public const string GpuTokenResult = "gpu.token.result";

    /// <summary>All codes.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(RefusalCodes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!),
        .. ChainCodes.Prefixes.SelectMany(chain => chain.All),
    ];
}
