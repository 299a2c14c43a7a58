using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>Intel's TCB info, version 3: which security versions a processor family must have (Intel PCS API, "Get TDX TCB Info").</summary>
internal sealed class TcbInfo
{
    private const int Version = 3;
    private const string Code = RefusalCodes.TcbFormat;

    private TcbInfo(SignedJson info)
    {
        var id = info.Text("id");
        Tee = id switch
        {
            "TDX" => Tee.Tdx,
            "SGX" => Tee.Sgx,
            _ => throw new RefusedException(RefusalCodes.TcbId, $"a TCB info for TDX or SGX was expected, not for {id}"),
        };
        if (info.Number("version", int.MaxValue) is var version && version != Version)
        {
            throw new RefusedException(RefusalCodes.TcbId, $"a TCB info of version {Version} was expected, not {version}");
        }

        IssueDate = info.Time("issueDate");
        NextUpdate = info.Time("nextUpdate");
        Fmspc = info.Hex("fmspc", 6);
        PceId = info.Hex("pceId", 2);
        EvaluationDataNumber = info.Number("tcbEvaluationDataNumber", int.MaxValue);
        if (Tee == Tee.Tdx)
        {
            Module = TdxModuleIdentity.Read(info.Object("tdxModule"), "", []);
            Modules = [.. (info.OptionalObjects("tdxModuleIdentities") ?? []).Select(module => TdxModuleIdentity.Read(module, module.Text("id"), IsvLevel.ReadAll(module)))];
        }

        Levels = [.. info.Objects("tcbLevels").Select(ReadLevel)];
    }

    public Tee Tee { get; }

    public DateTimeOffset IssueDate { get; }

    public DateTimeOffset NextUpdate { get; }

    public byte[] Fmspc { get; }

    public byte[] PceId { get; }

    public int EvaluationDataNumber { get; }

    /// <summary>The TDX module of major version 0; null for SGX.</summary>
    public TdxModuleIdentity? Module { get; }

    /// <summary>The TDX modules of later major versions.</summary>
    public IReadOnlyList<TdxModuleIdentity> Modules { get; } = [];

    /// <summary>In the document's order, the newest first.</summary>
    public IReadOnlyList<TcbLevel> Levels { get; }

    public static TcbInfo Parse(ReadOnlyMemory<byte> signed)
    {
        using var document = SignedJson.Parse(signed, "tcb_info", Code);
        return new TcbInfo(new SignedJson(document.RootElement, "tcb_info", Code));
    }

    /// <summary>The identity of a TDX module by its major version: ids are compared without regard to letter case.</summary>
    public TdxModuleIdentity ModuleOf(byte majorVersion)
    {
        var id = $"TDX_{majorVersion:X2}";
        return Modules.FirstOrDefault(module => string.Equals(module.Id, id, StringComparison.OrdinalIgnoreCase))
            ?? throw new RefusedException(RefusalCodes.TdxModuleUnknown, $"the TCB info was expected to name the TDX module {id}");
    }

    private TcbLevel ReadLevel(SignedJson level)
    {
        var tcb = level.Object("tcb");
        return new TcbLevel(
            Components(tcb, "sgxtcbcomponents"),
            tcb.Number("pcesvn", ushort.MaxValue),
            Tee == Tee.Tdx ? Components(tcb, "tdxtcbcomponents") : null,
            level.Text("tcbStatus"),
            level.Texts("advisoryIDs"));
    }

    private static int[] Components(SignedJson tcb, string name)
    {
        var components = tcb.Objects(name);
        return components.Count == PckExtension.Components
            ? [.. components.Select(component => component.Number("svn", byte.MaxValue))]
            : throw new RefusedException(Code, $"{name} was expected to have {PckExtension.Components} components, not {components.Count}");
    }
}
