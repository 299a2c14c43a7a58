using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>Writes CRLs (RFC 5280, 5.1): the platform's builder can't write wrong ones.</summary>
internal static class CrlWriter
{
    private const string EcdsaSha256 = "1.2.840.10045.4.3.2";
    private const string EcdsaSha384 = "1.2.840.10045.4.3.3";
    private const string Unknown = "1.3.6.1.4.1.99999.1";

    public static byte[] Write(X500DistinguishedName issuer, ECDsa key, IEnumerable<BigInteger> revoked, CrlSettings settings)
    {
        var content = new AsnWriter(AsnEncodingRules.DER);
        using (content.PushSequence())
        {
            content.WriteInteger(1);
            WriteAlgorithm(content, EcdsaSha256);
            content.WriteEncodedValue(issuer.RawData);
            content.WriteUtcTime(settings.ThisUpdate);
            content.WriteUtcTime(settings.NextUpdate);
            WriteEntries(content, [.. revoked], settings);
            using (content.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (content.PushSequence())
            {
                if (settings.Number is { } value)
                {
                    var number = new AsnWriter(AsnEncodingRules.DER);
                    number.WriteInteger(value);
                    WriteExtension(content, "2.5.29.20", isCritical: false, number.Encode());
                }

                if (settings.HasUnknownCriticalExtension)
                {
                    WriteExtension(content, Unknown, isCritical: true, [5, 0]);
                }
            }
        }

        var signed = content.Encode();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = (settings.IsSignedByStranger ? stranger : key).SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var list = new AsnWriter(AsnEncodingRules.DER);
        using (list.PushSequence())
        {
            list.WriteEncodedValue(signed);
            WriteAlgorithm(list, settings.HasOtherOuterAlgorithm ? EcdsaSha384 : EcdsaSha256);
            list.WriteBitString(signature);
        }

        return list.Encode();
    }

    private static void WriteEntries(AsnWriter writer, BigInteger[] revoked, CrlSettings settings)
    {
        if (revoked.Length == 0)
        {
            return;
        }

        using (writer.PushSequence())
        {
            foreach (var serial in revoked)
            {
                using (writer.PushSequence())
                {
                    writer.WriteInteger(serial);
                    writer.WriteUtcTime(settings.ThisUpdate);
                    using (writer.PushSequence())
                    {
                        WriteExtension(writer, "2.5.29.21", isCritical: false, [10, 1, 1]);
                        if (settings.HasUnknownCriticalEntryExtension)
                        {
                            WriteExtension(writer, Unknown, isCritical: true, [5, 0]);
                        }
                    }
                }
            }
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, string algorithm)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(algorithm);
        }
    }

    private static void WriteExtension(AsnWriter writer, string identifier, bool isCritical, byte[] value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(identifier);
            if (isCritical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(value);
        }
    }
}
