namespace CocoonOrleans.Attestation.Measuring;

/// <summary>Where a TD measures what it does while it runs.</summary>
public sealed record RuntimeRegisterOptions
{
    /// <summary>The kernel's file of RTMR3. Another one only in tests.</summary>
    public string File { get; init; } = "/sys/devices/virtual/misc/tdx_guest/measurements/rtmr3:sha384";
}
