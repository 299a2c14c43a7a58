using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>Whether the quoting enclave is the one that Intel means, and made the attestation key.</summary>
internal static class QuotingEnclaveRules
{
    public static void Check(Quote quote, Certificate pck, QeIdentity identity)
    {
        var enclave = quote.QuotingEnclave;
        if (!pck.Key.Verifies(enclave.Bytes.Span, quote.QuotingEnclaveSignature.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw new RefusedException(RefusalCodes.QeSignature, "the quoting enclave's report was expected to be signed by the processor's key");
        }

        CheckBinding(quote);
        if (!enclave.MrSigner.Span.SequenceEqual(identity.MrSigner))
        {
            throw new RefusedException(
                RefusalCodes.QeSigner, $"the quoting enclave's MRSIGNER was expected to be {Convert.ToHexStringLower(identity.MrSigner)}, not {Convert.ToHexStringLower(enclave.MrSigner.Span)}");
        }

        if (enclave.IsvProdId != identity.IsvProdId)
        {
            throw new RefusedException(RefusalCodes.QeProduct, $"the quoting enclave's ISVPRODID was expected to be {identity.IsvProdId}, not {enclave.IsvProdId}");
        }

        if ((enclave.MiscSelect & identity.MiscSelectMask) != identity.MiscSelect)
        {
            throw new RefusedException(RefusalCodes.QeMiscSelect, $"the quoting enclave's MISCSELECT was expected to be 0x{identity.MiscSelect:x8} under its mask, not 0x{enclave.MiscSelect:x8}");
        }

        // Asked before the mask, which Intel could widen: a quoting enclave under a debugger gives its key away.
        if (enclave.IsDebug)
        {
            throw new RefusedException(RefusalCodes.QeDebug, "the quoting enclave was expected not to be open to a debugger");
        }

        for (var index = 0; index < identity.Attributes.Length; index++)
        {
            if ((enclave.Attributes.Span[index] & identity.AttributesMask[index]) != identity.Attributes[index])
            {
                throw new RefusedException(
                    RefusalCodes.QeAttributes,
                    $"the quoting enclave's ATTRIBUTES were expected to be {Convert.ToHexStringLower(identity.Attributes)} under their mask, not {Convert.ToHexStringLower(enclave.Attributes.Span)}");
            }
        }
    }

    /// <summary>Its report data must be SHA-256 over the attestation key and its own data, and zeros.</summary>
    private static void CheckBinding(Quote quote)
    {
        Span<byte> expected = stackalloc byte[64];
        expected.Clear();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(quote.AttestationKey.Span);
        hash.AppendData(quote.QuotingEnclaveAuthData.Span);
        hash.GetHashAndReset(expected);
        if (!expected.SequenceEqual(quote.QuotingEnclave.ReportData.Span))
        {
            throw new RefusedException(RefusalCodes.QeBinding, "the quoting enclave's report data was expected to be the hash of the attestation key");
        }
    }
}
