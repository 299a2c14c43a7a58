using System.Text;
using CocoonOrleans.WorkerHost.Gpus;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Gpus;

/// <summary>FAKE, NOT NVIDIA'S: stands where the driver's library would. Its reports are no SPDM and signed by nobody: they hold the nonce that they were asked for, so that a test sees what was bound.</summary>
internal sealed class FakeNvml : INvml
{
    public int Gpus { get; init; } = 1;

    public ConfidentialState State { get; init; } = new(ConfidentialState.Production, Feature: 1, DevelopmentTools: 0);

    /// <summary>What functions return, by NVML's name; 0 for those that are absent.</summary>
    public Dictionary<string, int> Codes { get; } = [];

    /// <summary>Whether reports are empty.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Holds each initialisation up; null for none.</summary>
    public Task? Hangs { get; init; }

    public List<byte[]> Nonces { get; } = [];

    public int Open { get; private set; }

    public int Init()
    {
        Hangs?.GetAwaiter().GetResult();
        Open++;
        return Code("nvmlInit_v2");
    }

    public int Shutdown()
    {
        Open--;
        return 0;
    }

    public int ReadState(out ConfidentialState state)
    {
        state = State;
        return Code("nvmlSystemGetConfComputeState");
    }

    public int Count(out int count)
    {
        count = Gpus;
        return Code("nvmlDeviceGetCount_v2");
    }

    public int Report(int device, ReadOnlySpan<byte> nonce, out byte[] report)
    {
        Nonces.Add(nonce.ToArray());
        report = IsEmpty ? [] : [.. Encoding.ASCII.GetBytes($"report of {device} for "), .. nonce];
        return Code("nvmlDeviceGetConfComputeGpuAttestationReport");
    }

    public int Certificates(int device, out byte[] chain)
    {
        chain = Encoding.ASCII.GetBytes($"chain of {device}");
        return Code("nvmlDeviceGetConfComputeGpuCertificate");
    }

    public string Describe(int code) => $"fake error {code}";

    private int Code(string function) => Codes.GetValueOrDefault(function);
}
