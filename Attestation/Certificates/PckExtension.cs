using System.Formats.Asn1;
using System.Numerics;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>What Intel's provisioning certificate says of a processor: the SGX extension 1.2.840.113741.1.13.1 (Intel SGX PCK Certificate and CRL Profile).</summary>
public sealed class PckExtension
{
    /// <summary>Components of an SVN.</summary>
    internal const int Components = 16;

    private const string Identifier = "1.2.840.113741.1.13.1";
    private const string PpidField = Identifier + ".1";
    private const string TcbField = Identifier + ".2";
    private const string PceIdField = Identifier + ".3";
    private const string FmspcField = Identifier + ".4";
    private const string SgxTypeField = Identifier + ".5";
    private const int PceSvnIndex = 17;
    private const int CpuSvnIndex = 18;

    private readonly byte[] _components = new byte[Components];

    private PckExtension(ReadOnlyMemory<byte> value)
    {
        var outer = new AsnReader(value, AsnEncodingRules.DER);
        var fields = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        HashSet<string> seen = [];
        while (fields.HasData)
        {
            var field = fields.ReadSequence();
            var identifier = field.ReadObjectIdentifier();
            if (!seen.Add(identifier))
            {
                throw Refused($"each field was expected once; {identifier} comes again");
            }

            switch (identifier)
            {
                case PpidField:
                    Ppid = Octets(field, 16);
                    break;
                case TcbField:
                    ReadTcb(field.ReadSequence());
                    break;
                case PceIdField:
                    PceId = Octets(field, 2);
                    break;
                case FmspcField:
                    Fmspc = Octets(field, 6);
                    break;
                case SgxTypeField:
                    // Standard, scalable, or scalable with integrity: an ENUMERATED, of which no rule asks.
                    field.ReadEnumeratedBytes();
                    break;
                default:
                    field.ReadEncodedValue();
                    break;
            }

            field.ThrowIfNotEmpty();
        }

        foreach (var required in (string[])[PpidField, TcbField, PceIdField, FmspcField, SgxTypeField])
        {
            if (!seen.Contains(required))
            {
                throw Refused($"field {required} was expected");
            }
        }
    }

    /// <summary>The platform's id, 16 bytes, as encrypted for no one: the same for all quotes of a platform.</summary>
    public ReadOnlyMemory<byte> Ppid { get; private set; }

    /// <summary>Security versions of the 16 SGX TCB components.</summary>
    public ReadOnlyMemory<byte> ComponentSvns => _components;

    /// <summary>Security version of the provisioning certification enclave.</summary>
    public int PceSvn { get; private set; }

    /// <summary>Which provisioning certification enclave, 2 bytes.</summary>
    public ReadOnlyMemory<byte> PceId { get; private set; }

    /// <summary>Family, model, stepping, platform, custom SKU, 6 bytes: which TCB info speaks of the processor.</summary>
    public ReadOnlyMemory<byte> Fmspc { get; private set; }

    /// <param name="certificate">A PCK certificate.</param>
    /// <exception cref="RefusedException">It has no such extension, or one with gaps or repetitions.</exception>
    internal static PckExtension Read(Certificate certificate)
    {
        try
        {
            return new PckExtension(certificate.Extension(Identifier) ?? throw Refused("the extension was expected in the PCK certificate"));
        }
        catch (AsnContentException malformed)
        {
            throw Refused($"DER was expected ({malformed.Message})");
        }
    }

    private static ReadOnlyMemory<byte> Octets(AsnReader field, int length) => field.ReadOctetString() is var octets && octets.Length == length
        ? octets
        : throw Refused($"{length} bytes were expected, not {octets.Length}");

    private static int Number(AsnReader field, int most) => field.ReadInteger() is var number && number >= BigInteger.Zero && number <= most
        ? (int)number
        : throw Refused($"an SVN from 0 to {most} was expected, not {number}");

    private static RefusedException Refused(string expected) => new(RefusalCodes.PckExtension, $"in the SGX extension {Identifier} {expected}");

    private void ReadTcb(AsnReader fields)
    {
        for (var index = 1; index <= CpuSvnIndex; index++)
        {
            if (!fields.HasData)
            {
                throw Refused($"the TCB was expected to have {CpuSvnIndex} fields, not {index - 1}");
            }

            var field = fields.ReadSequence();
            var identifier = field.ReadObjectIdentifier();
            if (identifier != $"{TcbField}.{index}")
            {
                throw Refused($"field {TcbField}.{index} was expected, not {identifier}");
            }

            switch (index)
            {
                case CpuSvnIndex:
                    Octets(field, Components);
                    break;
                case PceSvnIndex:
                    PceSvn = Number(field, ushort.MaxValue);
                    break;
                default:
                    _components[index - 1] = (byte)Number(field, byte.MaxValue);
                    break;
            }

            field.ThrowIfNotEmpty();
        }

        fields.ThrowIfNotEmpty();
    }
}
