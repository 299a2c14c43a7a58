using System.Runtime.InteropServices;
using System.Text;

namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>
/// NVIDIA's compiler as a library, which needs no GPU. Names, numbers and types are those of NVRTC's reference (<c>nvrtc.h</c>).
/// </summary>
internal sealed unsafe class Nvrtc
{
    /// <summary>Names that its versions have, newest first.</summary>
    public static readonly IReadOnlyList<string> LibraryNames = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    private readonly delegate* unmanaged<int*, int*, int> _version;
    private readonly delegate* unmanaged<int, byte*> _getErrorString;
    private readonly delegate* unmanaged<int*, int> _getNumSupportedArchs;
    private readonly delegate* unmanaged<int*, int> _getSupportedArchs;
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> _createProgram;
    private readonly delegate* unmanaged<nint*, int> _destroyProgram;
    private readonly delegate* unmanaged<nint, int, byte**, int> _compileProgram;
    private readonly delegate* unmanaged<nint, nuint*, int> _getProgramLogSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getProgramLog;
    private readonly delegate* unmanaged<nint, nuint*, int> _getCubinSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getCubin;
    private readonly delegate* unmanaged<nint, nuint*, int> _getPtxSize;
    private readonly delegate* unmanaged<nint, byte*, int> _getPtx;

    private Nvrtc(nint library)
    {
        nint Find(string function) => NativeLibraryFile.Function(library, "libnvrtc", function);

        _version = (delegate* unmanaged<int*, int*, int>)Find("nvrtcVersion");
        _getErrorString = (delegate* unmanaged<int, byte*>)Find("nvrtcGetErrorString");
        _getNumSupportedArchs = (delegate* unmanaged<int*, int>)Find("nvrtcGetNumSupportedArchs");
        _getSupportedArchs = (delegate* unmanaged<int*, int>)Find("nvrtcGetSupportedArchs");
        _createProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)Find("nvrtcCreateProgram");
        _destroyProgram = (delegate* unmanaged<nint*, int>)Find("nvrtcDestroyProgram");
        _compileProgram = (delegate* unmanaged<nint, int, byte**, int>)Find("nvrtcCompileProgram");
        _getProgramLogSize = (delegate* unmanaged<nint, nuint*, int>)Find("nvrtcGetProgramLogSize");
        _getProgramLog = (delegate* unmanaged<nint, byte*, int>)Find("nvrtcGetProgramLog");
        _getCubinSize = (delegate* unmanaged<nint, nuint*, int>)Find("nvrtcGetCUBINSize");
        _getCubin = (delegate* unmanaged<nint, byte*, int>)Find("nvrtcGetCUBIN");
        _getPtxSize = (delegate* unmanaged<nint, nuint*, int>)Find("nvrtcGetPTXSize");
        _getPtx = (delegate* unmanaged<nint, byte*, int>)Find("nvrtcGetPTX");
        int major, minor;
        Check(_version(&major, &minor), "asking for the version");
        Version = new Version(major, minor);
        int count;
        Check(_getNumSupportedArchs(&count), "counting architectures");
        var architectures = new int[count];
        fixed (int* first = architectures)
        {
            Check(_getSupportedArchs(first), "listing architectures");
        }

        Architectures = architectures;
    }

    /// <summary>Its version.</summary>
    public Version Version { get; }

    /// <summary>The architectures that it compiles for, such as 90 for compute capability 9.0, ascending.</summary>
    public IReadOnlyList<int> Architectures { get; }

    /// <summary>Loads the library.</summary>
    /// <param name="path">Its path; null to try <see cref="LibraryNames"/>.</param>
    /// <exception cref="CudaException">There is none, or it is too old.</exception>
    public static Nvrtc Load(string? path = null)
    {
        if (path is not null && Path.GetDirectoryName(path) is { Length: > 0 } folder && Directory.Exists(folder))
        {
            // NVRTC loads its second half by name alone, which the loader finds only where it searches, or where it is loaded already.
            NativeLibraryFile.TryLoad([.. Directory.EnumerateFiles(folder, "libnvrtc-builtins.so*").Order(StringComparer.Ordinal)], out _);
        }

        var library = NativeLibraryFile.TryLoad(path is null ? LibraryNames : [path], out var refusal);
        return library != 0
            ? new Nvrtc(library)
            : throw new CudaException(
                $"NVIDIA's compiler library is missing: none of {string.Join(", ", path is null ? LibraryNames : [path])} can be loaded ({refusal}). It compiles our kernels and comes with the CUDA toolkit, with Debian's package libnvrtc11.2, and with Python's torch: put its folder into LD_LIBRARY_PATH or name it in the option Worker:Native:Cuda:NvrtcLibrary.");
    }

    /// <summary>Compiles kernels.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="options">The compiler's options; <c>--gpu-architecture=sm_90</c> asks for machine code, <c>compute_90</c> for PTX.</param>
    /// <param name="binary">Whether machine code was asked for.</param>
    /// <returns>The image, which the driver can load, and what the compiler said.</returns>
    /// <exception cref="CudaException">It does not compile; the message holds the compiler's log.</exception>
    public (byte[] Image, string Log) Compile(string source, IReadOnlyList<string> options, bool binary)
    {
        nint program;
        fixed (byte* text = Terminated(source), name = Terminated("kernels.cu"))
        {
            Check(_createProgram(&program, text, name, 0, null, null), "making a program");
        }

        try
        {
            var result = Compile(program, options);
            var log = Encoding.UTF8.GetString(Read(program, _getProgramLogSize, _getProgramLog)).TrimEnd('\0', '\n');
            return result == 0
                ? (binary ? Read(program, _getCubinSize, _getCubin) : Read(program, _getPtxSize, _getPtx), log)
                : throw new CudaException($"NVRTC {Version} can't compile our kernels: {Describe(result)}\n{log}", result);
        }
        finally
        {
            _ = _destroyProgram(&program);
        }
    }

    private int Compile(nint program, IReadOnlyList<string> options)
    {
        var texts = options.Select(Terminated).ToList();
        var pins = texts.ConvertAll(text => GCHandle.Alloc(text, GCHandleType.Pinned));
        try
        {
            var pointers = stackalloc byte*[texts.Count];
            for (var i = 0; i < texts.Count; i++)
            {
                pointers[i] = (byte*)pins[i].AddrOfPinnedObject();
            }

            return _compileProgram(program, texts.Count, pointers);
        }
        finally
        {
            pins.ForEach(pin => pin.Free());
        }
    }

    private byte[] Read(nint program, delegate* unmanaged<nint, nuint*, int> size, delegate* unmanaged<nint, byte*, int> read)
    {
        nuint bytes;
        Check(size(program, &bytes), "asking for a size");
        var result = new byte[(int)bytes];
        fixed (byte* target = result)
        {
            Check(bytes == 0 ? 0 : read(program, target), "reading a result");
        }

        return result;
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + "\0");

    private void Check(int result, string doing)
    {
        if (result != 0)
        {
            throw new CudaException($"NVRTC failed at {doing}: {Describe(result)}", result);
        }
    }

    private string Describe(int result)
    {
        var text = _getErrorString(result);
        return text is null ? $"error {result}" : Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
    }
}
