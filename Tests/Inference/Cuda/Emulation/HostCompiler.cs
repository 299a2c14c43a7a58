using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Cuda;

namespace CocoonOrleans.Tests.Inference.Cuda.Emulation;

/// <summary>Builds our CUDA kernels for the processor, with <c>emulation.h</c> in front of them. Needs g++.</summary>
internal static class HostCompiler
{
    private const string Compiler = "g++";

    private static readonly TemporaryFolder Folder = MakeFolder();
    private static readonly ConcurrentDictionary<string, Lazy<nint>> Built = new();
    private static readonly ConcurrentDictionary<string, Lazy<string>> Libraries = new();
    private static readonly Lazy<bool> Present = new(() =>
    {
        try
        {
            return Run("--version").Code == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    /// <summary>Skips a test where there is no compiler.</summary>
    public static void SkipIfAbsent() => Skip.IfNot(
        Present.Value && RuntimeInformation.ProcessArchitecture == Architecture.X64, "g++ is not installed or this is no x86-64, so the arithmetic of the CUDA kernels was NOT tested: apt-get install g++");

    /// <summary>Our kernels for a shape.</summary>
    public static nint Build(KernelShape shape) => Build(KernelSources.Text, shape.Defines);

    /// <summary>Kernels from a source.</summary>
    /// <returns>The loaded library.</returns>
    public static nint Build(string source, IReadOnlyList<string> defines)
        => Built.GetOrAdd(string.Join('\n', [.. defines, source]), _ => new Lazy<nint>(() => BuildOnce(source, defines))).Value;

    /// <summary>A library of a source file.</summary>
    /// <returns>Its path.</returns>
    public static string BuildLibrary(string source) => Libraries.GetOrAdd(source, file => new Lazy<string>(() =>
    {
        var library = Folder.File(Guid.NewGuid().ToString("N") + ".so");
        var (code, output) = Run("-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", file, "-o", library);
        return code == 0 ? library : throw new InvalidOperationException($"{Compiler} can't compile {file}:\n{output}");
    })).Value;

    private static TemporaryFolder MakeFolder()
    {
        // Libraries stay loaded to the end of the process.
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }

    private static nint BuildOnce(string source, IReadOnlyList<string> defines)
    {
        var name = Guid.NewGuid().ToString("N");
        var (text, library) = (Folder.File(name + ".cpp"), Folder.File(name + ".so"));
        File.WriteAllText(text, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cuda", "Emulation", "emulation.h")) + "\n" + source);

        // Nothing becomes a fused multiply-add that isn't written as one: as the GPU's compiler is told, too.
        var (code, output) = Run(["-std=c++17", "-O2", "-march=native", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-shared", "-fPIC", .. defines.Select(define => "-D" + define), text, "-o", library]);
        return code == 0 ? NativeLibrary.Load(library) : throw new InvalidOperationException($"{Compiler} can't compile the kernels:\n{output}");
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Compiler) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
