using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cpu.Threads;

/// <summary>Keeps threads on cores (Linux: <c>sched_setaffinity(2)</c>).</summary>
internal static unsafe class ThreadAffinity
{
    private const int MaskBytes = 128;

    /// <summary>Keeps the calling thread on one of the cores that this process may use.</summary>
    /// <param name="number">Which of them, counted round.</param>
    /// <returns>False where the system has no such call or refuses.</returns>
    public static bool TryPin(int number)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var mask = stackalloc byte[MaskBytes];
        if (GetAffinity(0, MaskBytes, mask) != 0)
        {
            return false;
        }

        var allowed = 0;
        for (var core = 0; core < MaskBytes * 8; core++)
        {
            allowed += Has(mask, core) ? 1 : 0;
        }

        if (allowed == 0)
        {
            return false;
        }

        var left = number % allowed;
        for (var core = 0; ; core++)
        {
            if (Has(mask, core) && left-- == 0)
            {
                new Span<byte>(mask, MaskBytes).Clear();
                mask[core / 8] = (byte)(1 << (core % 8));
                return SetAffinity(0, MaskBytes, mask) == 0;
            }
        }
    }

    private static bool Has(byte* mask, int core) => ((mask[core / 8] >> (core % 8)) & 1) != 0;

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAffinity(int thread, nuint size, byte* mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nuint size, byte* mask);
}
