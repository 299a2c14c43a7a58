using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CocoonOrleans.WorkerHost.Gpus;

/// <summary>
/// The functions of NVIDIA's management library that we call. Names, numbers and layouts are those of <c>nvml.h</c> (NVML API Reference Manual, "Confidential Compute"); they have been in it since driver 535. The library is part
/// of the driver: where there is none, there is no GPU that could show anything.
/// </summary>
internal sealed unsafe class NvmlLibrary : INvml
{
    /// <summary>The library's name.</summary>
    public const string Name = "libnvidia-ml.so.1";

    /// <summary><c>NVML_CC_GPU_CEC_NONCE_SIZE</c>.</summary>
    private const int NonceBytes = 32;

    // nvmlConfComputeGpuAttestationReport_t: three sizes, the nonce, the report, that of the CEC.
    private const int ReportNonceAt = 12;
    private const int ReportAt = ReportNonceAt + NonceBytes;
    private const int MostReportBytes = 0x2000;
    private const int ReportStructBytes = ReportAt + MostReportBytes + 0x1000;

    // nvmlConfComputeGpuCertificate_t: two sizes, the GPU's chain, its chain for attestation.
    private const int ChainAt = 8 + 0x1000;
    private const int MostChainBytes = 0x1400;
    private const int ChainStructBytes = ChainAt + MostChainBytes;

    private readonly delegate* unmanaged<int> _init;
    private readonly delegate* unmanaged<int> _shutdown;
    private readonly delegate* unmanaged<uint*, int> _count;
    private readonly delegate* unmanaged<uint*, int> _state;
    private readonly delegate* unmanaged<uint, nint*, int> _handle;
    private readonly delegate* unmanaged<nint, byte*, int> _report;
    private readonly delegate* unmanaged<nint, byte*, int> _certificate;
    private readonly delegate* unmanaged<int, byte*> _describe;

    private NvmlLibrary(nint library)
    {
        _init = (delegate* unmanaged<int>)Find(library, "nvmlInit_v2");
        _shutdown = (delegate* unmanaged<int>)Find(library, "nvmlShutdown");
        _count = (delegate* unmanaged<uint*, int>)Find(library, "nvmlDeviceGetCount_v2");
        _state = (delegate* unmanaged<uint*, int>)Find(library, "nvmlSystemGetConfComputeState");
        _handle = (delegate* unmanaged<uint, nint*, int>)Find(library, "nvmlDeviceGetHandleByIndex_v2");
        _report = (delegate* unmanaged<nint, byte*, int>)Find(library, "nvmlDeviceGetConfComputeGpuAttestationReport");
        _certificate = (delegate* unmanaged<nint, byte*, int>)Find(library, "nvmlDeviceGetConfComputeGpuCertificate");
        _describe = (delegate* unmanaged<int, byte*>)Find(library, "nvmlErrorString");
    }

    /// <summary>Loads the library.</summary>
    /// <param name="path">Its name or path.</param>
    /// <param name="reason">Why it can't be used, and what to do; null where it can.</param>
    public static NvmlLibrary? TryOpen(string path, out string? reason)
    {
        try
        {
            reason = null;
            return new NvmlLibrary(NativeLibrary.Load(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            reason = $"{path} can't be loaded, so no GPU can show anything: install NVIDIA's driver, or leave Worker:Quotes:CollectsGpuEvidence out";
        }
        catch (EntryPointNotFoundException e)
        {
            reason = $"{path} has no function {e.Message}: install driver 535 or newer";
        }

        return null;
    }

    /// <inheritdoc/>
    public int Init() => _init();

    /// <inheritdoc/>
    public int Shutdown() => _shutdown();

    /// <inheritdoc/>
    public int ReadState(out ConfidentialState state)
    {
        // nvmlConfComputeSystemState_t
        var words = stackalloc uint[3];
        var code = _state(words);
        state = new ConfidentialState(words[0], words[1], words[2]);
        return code;
    }

    /// <inheritdoc/>
    public int Count(out int count)
    {
        uint found = 0;
        var code = _count(&found);
        count = (int)Math.Min(found, int.MaxValue);
        return code;
    }

    /// <inheritdoc/>
    public int Report(int device, ReadOnlySpan<byte> nonce, out byte[] report)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceBytes, nameof(nonce));
        report = [];
        nint handle = 0;
        if (_handle((uint)device, &handle) is not 0 and var absent)
        {
            return absent;
        }

        byte[] answer = new byte[ReportStructBytes];
        nonce.CopyTo(answer.AsSpan(ReportNonceAt));
        fixed (byte* structure = answer)
        {
            if (_report(handle, structure) is not 0 and var failed)
            {
                return failed;
            }
        }

        report = Part(answer, sizeAt: 4, ReportAt, MostReportBytes);
        return 0;
    }

    /// <inheritdoc/>
    public int Certificates(int device, out byte[] chain)
    {
        chain = [];
        nint handle = 0;
        if (_handle((uint)device, &handle) is not 0 and var absent)
        {
            return absent;
        }

        byte[] answer = new byte[ChainStructBytes];
        fixed (byte* structure = answer)
        {
            if (_certificate(handle, structure) is not 0 and var failed)
            {
                return failed;
            }
        }

        chain = Part(answer, sizeAt: 4, ChainAt, MostChainBytes);
        return 0;
    }

    /// <inheritdoc/>
    public string Describe(int code) => Marshal.PtrToStringUTF8((nint)_describe(code)) ?? "";

    /// <summary>Nothing where the size that the library tells is more than there can be.</summary>
    private static byte[] Part(byte[] answer, int sizeAt, int at, int most) =>
        BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(sizeAt)) is var size && size <= most ? answer.AsSpan(at, (int)size).ToArray() : [];

    private static nint Find(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out var address) ? address : throw new EntryPointNotFoundException(function);
}
