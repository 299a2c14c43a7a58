using System.Formats.Asn1;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>One extension of a certificate, a CRL or a CRL's entry (RFC 5280, 4.1).</summary>
/// <param name="Identifier">Its OID.</param>
/// <param name="IsCritical">Whether a reader that does not know it must refuse.</param>
/// <param name="Value">Its content.</param>
internal readonly record struct ExtensionField(string Identifier, bool IsCritical, ReadOnlyMemory<byte> Value)
{
    public static ExtensionField Read(AsnReader list)
    {
        var field = list.ReadSequence();
        var identifier = field.ReadObjectIdentifier();
        var isCritical = field.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && field.ReadBoolean();
        if (!field.TryReadPrimitiveOctetString(out var value))
        {
            throw new AsnContentException("An extension's value is no octet string.");
        }

        field.ThrowIfNotEmpty();
        return new ExtensionField(identifier, isCritical, value);
    }
}
