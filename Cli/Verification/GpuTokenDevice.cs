namespace CocoonOrleans.Cli.Verification;

/// <summary>A GPU that NVIDIA's service vouches for, in the JSON object of <c>cocoon verify gpu --nras</c>.</summary>
/// <param name="Name">Its name in the answer.</param>
/// <param name="Id">Its own id.</param>
/// <param name="Model">Its model.</param>
/// <param name="DriverVersion">The driver's version; empty where it is not said.</param>
/// <param name="VbiosVersion">The VBIOS' version; empty where it is not said.</param>
public sealed record GpuTokenDevice(string Name, string Id, string Model, string DriverVersion, string VbiosVersion);
