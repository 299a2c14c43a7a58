namespace CocoonOrleans.Attestation.Gpus.Tokens;

/// <summary>A GPU, as NVIDIA's service describes it.</summary>
/// <param name="Name">Its name in the answer, for example <c>GPU-0</c>.</param>
/// <param name="Id">Its own id (<c>ueid</c>): no two GPUs have the same.</param>
/// <param name="Model">Its model, for example <c>GH100 A01 GSP BROM</c>.</param>
/// <param name="DriverVersion">The driver's version; empty where it is not said.</param>
/// <param name="VbiosVersion">The VBIOS' version; empty where it is not said.</param>
public sealed record NrasDevice(string Name, string Id, string Model, string DriverVersion, string VbiosVersion);
