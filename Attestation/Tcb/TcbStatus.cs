namespace CocoonOrleans.Attestation.Tcb;

/// <summary>What Intel says of a platform's security versions, for quoting enclave, platform and TDX module together.</summary>
public enum TcbStatus
{
    /// <summary>Nothing known is missing.</summary>
    UpToDate,

    /// <summary>Software in the TD must work around known weaknesses.</summary>
    SWHardeningNeeded,

    /// <summary>The platform should be configured otherwise.</summary>
    ConfigurationNeeded,

    /// <summary>Both.</summary>
    ConfigurationAndSWHardeningNeeded,

    /// <summary>The platform is up to date by now; the TD started before, and should start again.</summary>
    TDRelaunchAdvised,

    /// <summary>The same, and the platform should be configured otherwise.</summary>
    TDRelaunchAdvisedConfigurationNeeded,

    /// <summary>Security fixes are missing.</summary>
    OutOfDate,

    /// <summary>Security fixes are missing, and the platform should be configured otherwise.</summary>
    OutOfDateConfigurationNeeded,

    /// <summary>Its keys are no longer trusted.</summary>
    Revoked,
}
