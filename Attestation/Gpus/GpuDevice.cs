namespace CocoonOrleans.Attestation.Gpus;

/// <summary>What one GPU shows of itself.</summary>
/// <param name="Report">Its report: SPDM request, response, signature.</param>
/// <param name="Chain">Its certificates, PEM, leaf first.</param>
public sealed record GpuDevice(ReadOnlyMemory<byte> Report, ReadOnlyMemory<byte> Chain);
