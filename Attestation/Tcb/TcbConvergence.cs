namespace CocoonOrleans.Attestation.Tcb;

/// <summary>How the status of a part changes the status of the whole.</summary>
internal static class TcbConvergence
{
    /// <param name="whole">The status so far.</param>
    /// <param name="part">Of the TDX module or the quoting enclave.</param>
    public static TcbStatus With(TcbStatus whole, TcbStatus? part) => (part, whole) switch
    {
        (TcbStatus.Revoked, _) or (_, TcbStatus.Revoked) => TcbStatus.Revoked,
        (TcbStatus.OutOfDate, TcbStatus.UpToDate or TcbStatus.SWHardeningNeeded) => TcbStatus.OutOfDate,
        (TcbStatus.OutOfDate, TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded) => TcbStatus.OutOfDateConfigurationNeeded,

        // A relaunch helps only where everything else is up to date.
        (TcbStatus.OutOfDate, TcbStatus.TDRelaunchAdvised) => TcbStatus.OutOfDate,
        (TcbStatus.OutOfDate, TcbStatus.TDRelaunchAdvisedConfigurationNeeded) => TcbStatus.OutOfDateConfigurationNeeded,
        _ => whole,
    };

    /// <summary>Whether a status asks for another configuration.</summary>
    public static bool NeedsConfiguration(TcbStatus status) => status is TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSWHardeningNeeded
        or TcbStatus.OutOfDateConfigurationNeeded or TcbStatus.TDRelaunchAdvisedConfigurationNeeded;
}
