namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>One level of a TCB info: what a platform must have at least, and what that is worth.</summary>
/// <param name="SgxComponents">Least SVNs of the 16 SGX components.</param>
/// <param name="PceSvn">Least SVN of the provisioning certification enclave.</param>
/// <param name="TdxComponents">Least SVNs of the 16 TDX components; null in a TCB info for SGX.</param>
/// <param name="StatusWord">Intel's word for it.</param>
/// <param name="Advisories">Intel's advisories that apply.</param>
internal sealed record TcbLevel(
    IReadOnlyList<int> SgxComponents, int PceSvn, IReadOnlyList<int>? TdxComponents, string StatusWord, IReadOnlyList<string> Advisories);
