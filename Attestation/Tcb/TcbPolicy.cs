using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Tcb;

/// <summary>
/// Which TCB statuses are good enough. By default up to date, and nothing else unless it is named here; a relaunch that Intel advises may wait
/// for <see cref="LongestGrace"/>.
/// </summary>
public sealed record TcbPolicy
{
    /// <summary>The longest that a missing fix or an advised relaunch may be put up with.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(14);

    /// <summary>The default: no exception is named.</summary>
    public static TcbPolicy Default { get; } = new();

    /// <summary>Up to date only: for clients that ask for it, and before a key is released.</summary>
    public static TcbPolicy Strict { get; } = new() { IsStrict = true };

    /// <summary>Whether only <see cref="TcbStatus.UpToDate"/> is taken, whatever else is named.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Advisories, for example <c>INTEL-SA-00615</c>, against whose weaknesses the images are hardened.</summary>
    public IReadOnlySet<string> HardenedAdvisories { get; init; } = new HashSet<string>();

    /// <summary>Platforms whose configuration is put up with.</summary>
    public IReadOnlyList<ToleratedConfiguration> Configurations { get; init; } = [];

    /// <summary>Platforms that may be out of date for a while.</summary>
    public IReadOnlyList<OutOfDateGrace> Graces { get; init; } = [];

    /// <summary>When a relaunch of this TD was first seen to be advised; null where this is the first time.</summary>
    public DateTimeOffset? RelaunchAdvisedSince { get; init; }

    /// <summary>Judges a status.</summary>
    /// <param name="tcb">The platform's TCB.</param>
    /// <param name="fmspc">The processor family, in hex.</param>
    /// <param name="now">The time.</param>
    /// <returns>Until when it is good enough, null for no limit; and whether the TD must drain.</returns>
    /// <exception cref="RefusedException">It is not.</exception>
    internal (DateTimeOffset? Until, bool MustDrain) Judge(TcbAppraisal tcb, string fmspc, DateTimeOffset now)
    {
        if (IsStrict && tcb.Status != TcbStatus.UpToDate)
        {
            throw Refused("only UpToDate is taken by a strict policy", tcb);
        }

        switch (tcb.Status)
        {
            case TcbStatus.UpToDate:
                return (null, false);

            // Without an advisory nothing says against what to harden: then nothing can be on the list.
            case TcbStatus.SWHardeningNeeded:
                return tcb.Advisories.Count > 0 && tcb.Advisories.All(HardenedAdvisories.Contains)
                    ? (null, false)
                    : throw Refused("each advisory was expected to be on the policy's list of those that images are hardened against", tcb);
            case TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded:
                return Configurations.Any(tolerated => tolerated.Covers(fmspc, tcb.Advisories))
                    ? (null, false)
                    : throw Refused($"the policy was expected to name FMSPC {fmspc} with these advisories", tcb);
            case TcbStatus.TDRelaunchAdvised or TcbStatus.TDRelaunchAdvisedConfigurationNeeded:
                var relaunchBy = (RelaunchAdvisedSince ?? now) + LongestGrace;
                return now <= relaunchBy
                    ? (relaunchBy, true)
                    : throw new RefusedException(RefusalCodes.PolicyRelaunch, $"the TD was expected to be started again by {relaunchBy:u}");
            case TcbStatus.OutOfDate or TcbStatus.OutOfDateConfigurationNeeded:
                var grace = Graces.Where(grace => string.Equals(grace.Fmspc, fmspc, StringComparison.OrdinalIgnoreCase)).Select(grace => grace.End).DefaultIfEmpty().Max();
                return now <= grace ? (grace, false) : throw Refused($"security fixes are missing, and the policy grants FMSPC {fmspc} no time for them now", tcb);
            default:
                throw Refused("no policy takes this", tcb);
        }
    }

    private static RefusedException Refused(string expected, TcbAppraisal tcb) => new(
        RefusalCodes.PolicyStatus, $"{expected}; the status is {tcb.Status}, advisories: {(tcb.Advisories.Count == 0 ? "none" : string.Join(", ", tcb.Advisories))}");
}
