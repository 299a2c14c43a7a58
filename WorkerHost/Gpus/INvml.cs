namespace CocoonOrleans.WorkerHost.Gpus;

/// <summary>
/// NVIDIA's management library (NVML), as far as evidence of GPUs needs it: the edge to the hardware. Each function returns NVML's own number, 0 for success (<c>nvmlReturn_t</c>). One caller at a time.
/// </summary>
internal interface INvml
{
    /// <summary><c>nvmlInit_v2</c>.</summary>
    int Init();

    /// <summary><c>nvmlShutdown</c>.</summary>
    int Shutdown();

    /// <summary><c>nvmlSystemGetConfComputeState</c>: whether confidential computing is on.</summary>
    /// <param name="state">What it says, where it returns 0.</param>
    int ReadState(out ConfidentialState state);

    /// <summary><c>nvmlDeviceGetCount_v2</c>.</summary>
    /// <param name="count">How many GPUs there are, where it returns 0.</param>
    int Count(out int count);

    /// <summary><c>nvmlDeviceGetConfComputeGpuAttestationReport</c> of one GPU: a report that it signs anew.</summary>
    /// <param name="device">Which, from 0.</param>
    /// <param name="nonce">What it is made for, 32 bytes.</param>
    /// <param name="report">SPDM request, response and signature, where it returns 0.</param>
    int Report(int device, ReadOnlySpan<byte> nonce, out byte[] report);

    /// <summary><c>nvmlDeviceGetConfComputeGpuCertificate</c> of one GPU.</summary>
    /// <param name="device">Which, from 0.</param>
    /// <param name="chain">Its certificates for attestation, PEM, leaf first, where it returns 0.</param>
    int Certificates(int device, out byte[] chain);

    /// <summary><c>nvmlErrorString</c>.</summary>
    /// <param name="code">What a function returned.</param>
    string Describe(int code);
}
