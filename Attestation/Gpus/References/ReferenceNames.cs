namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>What NVIDIA's service calls the reference values of a GPU's driver and VBIOS.</summary>
public static class ReferenceNames
{
    /// <summary>Of the driver, for example <c>NV_GPU_DRIVER_GH100_550.90.07</c>.</summary>
    /// <param name="report">The GPU's report.</param>
    public static string Driver(GpuReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return $"NV_GPU_DRIVER_GH100_{report.DriverVersion}";
    }

    /// <summary>Of the VBIOS, for example <c>NV_GPU_VBIOS_1010_0200_882_96009F0001</c>.</summary>
    /// <param name="report">The GPU's report.</param>
    public static string Vbios(GpuReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return $"NV_GPU_VBIOS_{report.Project}_{report.ProjectSku}_{report.ChipSku}_{report.VbiosVersion.Replace(".", "", StringComparison.Ordinal)}".ToUpperInvariant();
    }
}
