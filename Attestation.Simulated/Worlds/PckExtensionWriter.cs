using System.Formats.Asn1;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>Writes Intel's SGX extension of a PCK certificate.</summary>
internal static class PckExtensionWriter
{
    public const string Identifier = "1.2.840.113741.1.13.1";

    public static byte[] Write(WorldSettings settings)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Field(writer, ".1", () => writer.WriteOctetString(settings.Ppid));
            Field(writer, ".2", () =>
            {
                using (writer.PushSequence())
                {
                    for (var index = 1; index <= 16; index++)
                    {
                        Field(writer, $".2.{index}", () => writer.WriteInteger(settings.Components[index - 1]));
                    }

                    Field(writer, ".2.17", () => writer.WriteInteger(settings.PceSvn));
                    Field(writer, ".2.18", () => writer.WriteOctetString(settings.Components));
                }
            });
            Field(writer, ".3", () => writer.WriteOctetString(settings.PceId));
            Field(writer, ".4", () => writer.WriteOctetString(settings.Fmspc));
            Field(writer, ".5", () => writer.WriteEncodedValue([10, 1, 1]));
        }

        return writer.Encode();
    }

    private static void Field(AsnWriter writer, string suffix, Action value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Identifier + suffix);
            value();
        }
    }
}
