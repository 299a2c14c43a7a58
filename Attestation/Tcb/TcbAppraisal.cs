namespace CocoonOrleans.Attestation.Tcb;

/// <summary>What became of a platform's security versions, and from what.</summary>
/// <param name="Status">The result. Whether it is good enough, the policy says.</param>
/// <param name="SgxStatus">Of the level that the processor reaches.</param>
/// <param name="PlatformStatus">Of the level that the processor and TEE_TCB_SVN reach; for SGX the same.</param>
/// <param name="ModuleStatus">Of the TDX module by its identity; null where its major version is 0, and for SGX.</param>
/// <param name="QuotingEnclaveStatus">Of the quoting enclave: UpToDate, OutOfDate or Revoked.</param>
/// <param name="Advisories">Intel's advisories of all levels reached, in order, each once.</param>
/// <param name="EvaluationDataNumber">Of the TCB info: a later one has a higher number.</param>
public sealed record TcbAppraisal(
    TcbStatus Status,
    TcbStatus SgxStatus,
    TcbStatus PlatformStatus,
    TcbStatus? ModuleStatus,
    TcbStatus QuotingEnclaveStatus,
    IReadOnlyList<string> Advisories,
    int EvaluationDataNumber);
