using System.Buffers.Binary;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>Intel's identity of the quoting enclave, version 2 (Intel PCS API, "Get TDX Quoting Enclave Identity").</summary>
internal sealed class QeIdentity
{
    private const int Version = 2;
    private const string Code = RefusalCodes.QeIdentityFormat;

    private QeIdentity(SignedJson identity)
    {
        var id = identity.Text("id");
        Tee = id switch
        {
            "TD_QE" => Tee.Tdx,
            "QE" => Tee.Sgx,
            _ => throw new RefusedException(RefusalCodes.QeIdentityId, $"the identity of TD_QE or QE was expected, not of {id}"),
        };
        if (identity.Number("version", int.MaxValue) is var version && version != Version)
        {
            throw new RefusedException(RefusalCodes.QeIdentityId, $"a QE identity of version {Version} was expected, not {version}");
        }

        IssueDate = identity.Time("issueDate");
        NextUpdate = identity.Time("nextUpdate");
        EvaluationDataNumber = identity.Number("tcbEvaluationDataNumber", int.MaxValue);
        MiscSelect = BinaryPrimitives.ReadUInt32LittleEndian(identity.Hex("miscselect", 4));
        MiscSelectMask = BinaryPrimitives.ReadUInt32LittleEndian(identity.Hex("miscselectMask", 4));
        Attributes = identity.Hex("attributes", 16);
        AttributesMask = identity.Hex("attributesMask", 16);
        MrSigner = identity.Hex("mrsigner", 32);
        IsvProdId = identity.Number("isvprodid", ushort.MaxValue);
        Levels = IsvLevel.ReadAll(identity);
    }

    public Tee Tee { get; }

    public DateTimeOffset IssueDate { get; }

    public DateTimeOffset NextUpdate { get; }

    public int EvaluationDataNumber { get; }

    public uint MiscSelect { get; }

    public uint MiscSelectMask { get; }

    public byte[] Attributes { get; }

    public byte[] AttributesMask { get; }

    public byte[] MrSigner { get; }

    public int IsvProdId { get; }

    public IReadOnlyList<IsvLevel> Levels { get; }

    public static QeIdentity Parse(ReadOnlyMemory<byte> signed)
    {
        using var document = SignedJson.Parse(signed, "qe_identity", Code);
        return new QeIdentity(new SignedJson(document.RootElement, "qe_identity", Code));
    }
}
