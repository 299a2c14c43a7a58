using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;

namespace CocoonOrleans.Inference.Native;

/// <summary>Settings of the <see cref="NativeEngine"/>.</summary>
public sealed class NativeEngineOptions : IValidatableObject
{
    /// <summary>What computes: our own kernels for the processor, those for a GPU, or libtorch.</summary>
    public NativeBackend Backend { get; set; } = NativeBackend.Cpu;

    /// <summary>
    /// Where it computes: <c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:N</c>. Null: where the backend computes, on the processor for <see cref="NativeBackend.Torch"/>.
    /// A GPU that can't be used is an error, never a reason to compute elsewhere.
    /// </summary>
    public string? Device { get; set; }

    /// <summary>
    /// What becomes of the weights at load, which makes another model of them. <see cref="WeightQuantization.BFloat16Compute"/> is what the backend
    /// <see cref="NativeBackend.Torch"/> can do beside <see cref="WeightQuantization.None"/>; our own kernels know all others.
    /// </summary>
    public WeightQuantization Quantization { get; set; }

    /// <summary>Whether the backend <see cref="NativeBackend.Cpu"/> keeps its threads on cores of their own: for machines that do nothing else, for where a core is shared that costs much.</summary>
    public bool PinThreads { get; set; }

    /// <summary>Threads that one operation is computed with, 1 to 256.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    /// <summary>Answers of one model that run at the same time, 1 to 1024.</summary>
    [Range(1, 1024)]
    public int Slots { get; set; } = 16;

    /// <summary>Requests of one model that may wait for a slot, 0 to 10,000. Beyond them requests are refused.</summary>
    [Range(0, 10_000)]
    public int Queue { get; set; } = 128;

    /// <summary>Highest sum of prompt and completion tokens, 2 to 1,048,576. A model whose own context is shorter keeps its own.</summary>
    [Range(2, 1_048_576)]
    public int MaximumContextTokens { get; set; } = 4096;

    /// <summary>Events that an answer may be ahead of its reader, 4 to 4096. Then that answer waits for its reader; the others go on.</summary>
    [Range(4, 4096)]
    public int EventsAhead { get; set; } = 64;

    /// <summary>
    /// Tokens that one step computes, 16 to 65,536: first the next one of every answer under way, then as much of the prompts as is left. More let prompts
    /// begin sooner, fewer make the answers under way steadier.
    /// </summary>
    [Range(16, 65_536)]
    public int StepTokens { get; set; } = 256;

    /// <summary>
    /// Tokens that a model's key-value cache holds, over all its answers and what is kept for later ones, 0 to 1,073,741,824. 0: what all slots with a full
    /// context need, or a half of the machine's memory where that is less. Where it is full, the newest answers wait and are computed again.
    /// </summary>
    [Range(0, 1_073_741_824)]
    public int CacheTokens { get; set; }

    /// <summary>Where libtorch lies and what it may write.</summary>
    public TorchLibraryOptions Torch { get; set; } = new();

    /// <summary>What our own kernels for a GPU need.</summary>
    public CudaOptions Cuda { get; set; } = new();

    /// <summary><see cref="Device"/>, read; valid options only.</summary>
    internal ComputeDevice ComputeDevice
        => Device is { } name && ComputeDevice.TryParse(name, out var device) ? device : new ComputeDevice(Backend == NativeBackend.Cuda, 0);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Quantization != WeightQuantization.None && (Backend == NativeBackend.Torch) != (Quantization == WeightQuantization.BFloat16Compute))
        {
            yield return new ValidationResult(
                $"can't be {Quantization} with the backend {Backend}: {NativeBackend.Torch} knows {WeightQuantization.None} and {WeightQuantization.BFloat16Compute}, the others all but the last.",
                [nameof(Quantization)]);
        }

        if (Device is { } name && !ComputeDevice.TryParse(name, out _))
        {
            yield return new ValidationResult("must be cpu, cuda or cuda:N with N from 0 to 63.", [nameof(Device)]);
        }
        else if (Backend != NativeBackend.Torch && ComputeDevice.IsCuda != (Backend == NativeBackend.Cuda))
        {
            yield return new ValidationResult($"can't be {Device} with the backend {Backend}: leave it out.", [nameof(Device)]);
        }
    }
}
