using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>A shared library of the system that may be absent.</summary>
internal static class NativeLibraryFile
{
    /// <summary>Loads the first of some names or paths that can be loaded.</summary>
    /// <param name="names">What to try, in this order.</param>
    /// <param name="refusal">Why none could, in the loader's words; empty where one could.</param>
    /// <returns>The library, or 0.</returns>
    public static nint TryLoad(IReadOnlyList<string> names, out string refusal)
    {
        refusal = "";
        foreach (var name in names)
        {
            try
            {
                var library = NativeLibrary.Load(name);
                refusal = "";
                return library;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                // The system's own words come last, behind .NET's advice to programmers. Of several names the first one's say most.
                refusal = refusal.Length > 0 ? refusal : e.Message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            }
        }

        return 0;
    }

    /// <summary>Address of a function.</summary>
    /// <exception cref="CudaException">The library has none of that name: it is too old.</exception>
    public static nint Function(nint library, string libraryName, string function)
        => NativeLibrary.TryGetExport(library, function, out var address)
            ? address
            : throw new CudaException($"{libraryName} has no function {function}: it is older than CUDA 11.4. Install a newer NVIDIA driver and CUDA.");
}
