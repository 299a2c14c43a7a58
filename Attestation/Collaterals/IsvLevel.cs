using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>One level of an enclave's or TDX module's identity.</summary>
/// <param name="IsvSvn">The least security version.</param>
/// <param name="StatusWord">Intel's word for it.</param>
/// <param name="Advisories">Intel's advisories that apply.</param>
internal sealed record IsvLevel(int IsvSvn, string StatusWord, IReadOnlyList<string> Advisories)
{
    private const int MostSvn = ushort.MaxValue;

    public static IReadOnlyList<IsvLevel> ReadAll(SignedJson identity) =>
    [
        .. identity.Objects("tcbLevels").Select(level => new IsvLevel(level.Object("tcb").Number("isvsvn", MostSvn), level.Text("tcbStatus"), level.Texts("advisoryIDs"))),
    ];

    /// <summary>The first level, in the document's order, that a security version reaches.</summary>
    public static IsvLevel Reached(IReadOnlyList<IsvLevel> levels, int isvSvn, string code, string what) =>
        levels.FirstOrDefault(level => isvSvn >= level.IsvSvn)
        ?? throw new RefusedException(code, $"the {what} was expected to reach one of Intel's levels; its security version {isvSvn} reaches none");
}
