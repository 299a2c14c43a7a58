using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;

namespace CocoonOrleans.Inference.Native;

/// <summary>Settings of the <see cref="NativeEngine"/>.</summary>
public sealed class NativeEngineOptions : IValidatableObject
{
    /// <summary>What computes: our own kernels or libtorch.</summary>
    public NativeBackend Backend { get; set; } = NativeBackend.Cpu;

    /// <summary>What becomes of the weights at load, which makes another model of them: only the backend <see cref="NativeBackend.Cpu"/> can do that.</summary>
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

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Backend != NativeBackend.Cpu && Quantization != WeightQuantization.None)
        {
            yield return new ValidationResult($"can be {Quantization} with the backend {NativeBackend.Cpu} only.", [nameof(Quantization)]);
        }
    }
}
