using System.Diagnostics;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Tcb;

/// <summary>
/// Judges a platform's security versions by Intel's documents. It follows what Intel's quote verification library does, in its order: platform,
/// TDX module, relaunch, quoting enclave.
/// </summary>
/// <param name="quote">A quote whose signatures were checked.</param>
/// <param name="pck">The processor.</param>
/// <param name="info">Its TCB info.</param>
/// <param name="identity">Its quoting enclave's identity.</param>
internal sealed class TcbAppraiser(Quote quote, PckExtension pck, TcbInfo info, QeIdentity identity)
{
    // TEE_TCB_SVN: the TDX module's minor and major version come first; since major version 1 a list of its own judges them (tdxModuleIdentities).
    private const int ModuleMinor = 0;
    private const int ModuleMajor = 1;
    private const int LateMicrocode = 2;

    private readonly SortedSet<string> _advisories = new(StringComparer.Ordinal);

    /// <exception cref="RefusedException">A part reaches no level, or Intel does not know it.</exception>
    public TcbAppraisal Appraise()
    {
        var qeStatus = QuotingEnclaveStatus();
        var sgx = info.Levels.FirstOrDefault(ReachedByProcessor) ?? throw Unsupported("processor", pck.ComponentSvns, $" and PCESVN {pck.PceSvn}");
        var sgxStatus = Known(sgx.StatusWord);
        var (platformStatus, moduleStatus) = (sgxStatus, default(TcbStatus?));
        if (quote.Td is { } td)
        {
            var level = info.Levels.FirstOrDefault(candidate => ReachedByProcessor(candidate) && ReachedByTd(candidate, td)) ?? throw Unsupported("TDX", td.TeeTcbSvn, "");
            _advisories.UnionWith(level.Advisories);
            platformStatus = Known(level.StatusWord);
            moduleStatus = ModuleStatus(td);
        }
        else
        {
            _advisories.UnionWith(sgx.Advisories);
        }

        var status = TcbConvergence.With(platformStatus, moduleStatus);
        if (quote.Td?.TeeTcbSvn2 is { } running && MayAdviseRelaunch(qeStatus, sgxStatus, status, moduleStatus) && IsNewest(running.Span))
        {
            status = TcbConvergence.NeedsConfiguration(sgxStatus) || TcbConvergence.NeedsConfiguration(status)
                ? TcbStatus.TDRelaunchAdvisedConfigurationNeeded
                : TcbStatus.TDRelaunchAdvised;
        }

        return new TcbAppraisal(
            TcbConvergence.With(status, qeStatus), sgxStatus, platformStatus, moduleStatus, qeStatus, [.. _advisories], info.EvaluationDataNumber);
    }

    private static bool MayAdviseRelaunch(TcbStatus qe, TcbStatus sgx, TcbStatus soFar, TcbStatus? module) =>
        qe == TcbStatus.UpToDate
        && sgx is TcbStatus.UpToDate or TcbStatus.SWHardeningNeeded or TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded
        && soFar is TcbStatus.OutOfDate or TcbStatus.OutOfDateConfigurationNeeded
        && module == TcbStatus.OutOfDate;

    private static TcbStatus Known(string word) => word switch
    {
        "UpToDate" => TcbStatus.UpToDate,
        "SWHardeningNeeded" => TcbStatus.SWHardeningNeeded,
        "ConfigurationNeeded" => TcbStatus.ConfigurationNeeded,
        "ConfigurationAndSWHardeningNeeded" => TcbStatus.ConfigurationAndSWHardeningNeeded,
        "OutOfDate" => TcbStatus.OutOfDate,
        "OutOfDateConfigurationNeeded" => TcbStatus.OutOfDateConfigurationNeeded,
        "Revoked" => TcbStatus.Revoked,
        _ => throw new RefusedException(RefusalCodes.TcbUnknownStatus, $"one of Intel's status words was expected, not {word}"),
    };

    private static RefusedException Unsupported(string what, ReadOnlyMemory<byte> svns, string more) => new(
        RefusalCodes.TcbUnsupported, $"the {what} was expected to reach one of Intel's TCB levels; its SVNs {Convert.ToHexStringLower(svns.Span)}{more} reach none");

    private bool ReachedByProcessor(TcbLevel level) => pck.PceSvn >= level.PceSvn && Reaches(pck.ComponentSvns.Span, level.SgxComponents, from: 0);

    private static bool ReachedByTd(TcbLevel level, TdReport td) =>
        Reaches(td.TeeTcbSvn.Span, level.TdxComponents ?? throw new UnreachableException(), from: td.TeeTcbSvn.Span[ModuleMajor] > 0 ? LateMicrocode : 0);

    private static bool Reaches(ReadOnlySpan<byte> svns, IReadOnlyList<int> least, int from)
    {
        for (var index = from; index < least.Count; index++)
        {
            if (svns[index] < least[index])
            {
                return false;
            }
        }

        return true;
    }

    // Intel's library takes any status but these two as OutOfDate.
    private TcbStatus QuotingEnclaveStatus()
    {
        var level = IsvLevel.Reached(identity.Levels, quote.QuotingEnclave.IsvSvn, RefusalCodes.QeUnsupported, "quoting enclave");
        _advisories.UnionWith(level.Advisories);
        return Known(level.StatusWord) is var status and (TcbStatus.UpToDate or TcbStatus.Revoked) ? status : TcbStatus.OutOfDate;
    }

    private TcbStatus? ModuleStatus(TdReport td)
    {
        var (minor, major) = (td.TeeTcbSvn.Span[ModuleMinor], td.TeeTcbSvn.Span[ModuleMajor]);
        var module = major > 0 ? info.ModuleOf(major) : info.Module ?? throw new UnreachableException();
        if (!module.MrSigner.AsSpan().SequenceEqual(td.MrSignerSeam.Span))
        {
            throw new RefusedException(RefusalCodes.TdxModuleSigner, $"MRSIGNERSEAM was expected to be {Convert.ToHexStringLower(module.MrSigner)}, not {Convert.ToHexStringLower(td.MrSignerSeam.Span)}");
        }

        for (var index = 0; index < module.Attributes.Length; index++)
        {
            // All zero besides Intel's mask: each attribute known so far weakens the module.
            var attribute = td.SeamAttributes.Span[index];
            if ((attribute & module.AttributesMask[index]) != module.Attributes[index] || attribute != 0)
            {
                throw new RefusedException(RefusalCodes.TdxModuleAttributes, $"SEAMATTRIBUTES was expected to be zero, not {Convert.ToHexStringLower(td.SeamAttributes.Span)}");
            }
        }

        if (major == 0)
        {
            return null;
        }

        var level = IsvLevel.Reached(module.Levels, minor, RefusalCodes.TdxModuleUnsupported, $"TDX module {module.Id}");
        _advisories.UnionWith(level.Advisories);
        return Known(level.StatusWord) is var status and (TcbStatus.UpToDate or TcbStatus.OutOfDate or TcbStatus.Revoked)
            ? status
            : throw new RefusedException(RefusalCodes.TcbUnknownStatus, $"a TDX module was expected to be UpToDate, OutOfDate or Revoked, not {level.StatusWord}");
    }

    /// <summary>Whether the TDX module that runs now is as new as Intel asks of a platform that is up to date.</summary>
    private bool IsNewest(ReadOnlySpan<byte> running)
    {
        var newest = info.Levels[0].TdxComponents ?? throw new UnreachableException();
        var minor = running[ModuleMajor] == 0
            ? newest[ModuleMinor]
            : info.ModuleOf(running[ModuleMajor]).Levels is { Count: > 0 } levels
                ? levels.Max(level => level.IsvSvn)
                : throw new RefusedException(RefusalCodes.TdxModuleUnsupported, $"the TCB info was expected to have levels for the TDX module TDX_{running[ModuleMajor]:X2}");
        return running[ModuleMinor] >= minor && running[LateMicrocode] >= newest[LateMicrocode];
    }
}
