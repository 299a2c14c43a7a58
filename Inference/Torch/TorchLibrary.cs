using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Caching;

namespace CocoonOrleans.Inference.Torch;

/// <summary>
/// Makes libtorch usable, on Debian 12 and on newer systems. Call <see cref="Load"/> before the first use of TorchSharp: TorchSharp then
/// finds its shim in the process already, by SONAME.
/// </summary>
public static class TorchLibrary
{
    /// <summary>File name of TorchSharp's native shim on Linux.</summary>
    public const string ShimName = "libLibTorchSharp.so";

    private const string CudaName = "libtorch_cuda.so";

    // In the order in which they need each other. The CUDA pair exists in CUDA builds only.
    private static readonly (string Name, bool Required)[] Neighbours =
    [
        ("libc10.so", true), ("libc10_cuda.so", false), ("libtorch_cpu.so", true), (CudaName, false), ("libtorch.so", true),
    ];

    private static readonly Lock Gate = new();
    private static LoadedTorchLibrary? _loaded;

    /// <summary>Loads libtorch and the shim once for the process. Safe to call from anywhere, any number of times: the first success decides.</summary>
    /// <exception cref="TorchLibraryException">libtorch is missing, unreadable, or the cache folder can't be used.</exception>
    public static LoadedTorchLibrary Load(TorchLibraryOptions? options = null)
    {
        lock (Gate)
        {
            return _loaded ??= LoadOnce(options ?? new TorchLibraryOptions());
        }
    }

    /// <summary>Path of the shim as shipped.</summary>
    /// <exception cref="TorchLibraryException">There is none in the folders that are searched.</exception>
    public static string FindShim(TorchLibraryOptions? options = null)
    {
        var folders = SearchFolders(options ?? new TorchLibraryOptions());
        return folders.Select(folder => Path.Combine(folder, ShimName)).FirstOrDefault(File.Exists)
            ?? throw new TorchLibraryException(
                $"{ShimName} is in none of these folders: {string.Join(", ", folders)}. Build or publish with the packages TorchSharp and libtorch-cpu-linux-x64, or name its folder in the option NativeFolder.");
    }

    private static LoadedTorchLibrary LoadOnce(TorchLibraryOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new LoadedTorchLibrary("", Repaired: false, Cuda: false);
        }

        var shim = FindShim(options);
        var cuda = false;
        foreach (var (name, required) in Neighbours)
        {
            var loaded = LoadNeighbour(Path.GetDirectoryName(shim)!, name, required);
            cuda |= loaded && name == CudaName;
        }

        if (TryLoad(shim, out var refusal))
        {
            return new LoadedTorchLibrary(shim, Repaired: false, cuda);
        }

        if (!refusal.Contains(ShimRepair.UnusedVersion, StringComparison.Ordinal))
        {
            throw new TorchLibraryException($"{shim} can't be loaded: {refusal}");
        }

        var copy = CopyIntoCache(options, shim);
        return TryLoad(copy, out refusal)
            ? new LoadedTorchLibrary(copy, Repaired: true, cuda)
            : throw new TorchLibraryException(
                $"The repaired copy {copy} can't be loaded: {refusal}. If that file system is mounted noexec, point the option CacheFolder at one that isn't.");
    }

    private static string CopyIntoCache(TorchLibraryOptions options, string shim)
    {
        var cache = options.CacheFolder ?? DefaultCacheFolder();
        try
        {
            return ShimRepair.CopyInto(cache, shim);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TorchLibraryException(
                $"This system's libstdc++ is older than the one that TorchSharp was built with, and the repaired copy can't be written below {cache}: {e.Message} Make that folder writable or name another one in the option CacheFolder.", e);
        }
        catch (ElfFormatException e)
        {
            throw new TorchLibraryException(
                $"{shim} can't be repaired for this system's libstdc++: {e.Message}. Reinstall it, or use a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04 or later).", e);
        }
    }

    private static string DefaultCacheFolder()
        => PrivateFolder.Default("torch")
            ?? throw new TorchLibraryException("There is no home folder to keep the repaired copy of libtorch's shim in. Set XDG_CACHE_HOME or the option CacheFolder.");

    private static bool LoadNeighbour(string folder, string name, bool required)
    {
        var beside = Path.Combine(folder, name);
        // Without a bundled libtorch the system's search path (LD_LIBRARY_PATH) has to know it.
        if (TryLoad(File.Exists(beside) ? beside : name, out var refusal))
        {
            return true;
        }

        if (required)
        {
            throw new TorchLibraryException(
                $"libtorch is missing or broken: {name} can't be loaded: {refusal}. Put libtorch 2.10 beside {Path.Combine(folder, ShimName)} (package libtorch-cpu-linux-x64) or into LD_LIBRARY_PATH, or take Worker:Native:Backend=cpu, which needs no libtorch.");
        }

        return false;
    }

    private static List<string> SearchFolders(TorchLibraryOptions options)
    {
        if (options.NativeFolder is { } folder)
        {
            return [folder];
        }

        var native = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return
        [
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"),
            .. native.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ];
    }

    private static bool TryLoad(string library, out string refusal)
    {
        try
        {
            NativeLibrary.Load(library);
            refusal = "";
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            refusal = e.Message.ReplaceLineEndings(" ");
            return false;
        }
    }
}
