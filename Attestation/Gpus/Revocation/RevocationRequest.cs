using System.Formats.Asn1;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;

namespace CocoonOrleans.Attestation.Gpus.Revocation;

/// <summary>A question to an OCSP responder about one certificate (RFC 6960, 4.1), with the hash that NVIDIA's tools use, SHA-384.</summary>
internal static class RevocationRequest
{
    private const string Sha384 = "2.16.840.1.101.3.4.2.2";

    /// <summary>The request, DER, to be posted as <c>application/ocsp-request</c>.</summary>
    public static byte[] Encode(Certificate certificate, Certificate issuer)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha384);
            }

            writer.WriteOctetString(SHA384.HashData(issuer.Subject.Span));
            writer.WriteOctetString(SHA384.HashData(issuer.Key.Point()));
            writer.WriteInteger(certificate.Serial);
        }

        return writer.Encode();
    }
}
