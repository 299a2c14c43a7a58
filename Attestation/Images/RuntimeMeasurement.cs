namespace CocoonOrleans.Attestation.Images;

/// <summary>An event that an image measures into RTMR3 while it starts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Payload">What it must say; null where that differs from worker to worker, and the event log tells it.</param>
public sealed record RuntimeMeasurement(string Name, ReadOnlyMemory<byte>? Payload);
