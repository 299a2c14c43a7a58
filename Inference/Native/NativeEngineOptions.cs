using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Torch;

namespace CocoonOrleans.Inference.Native;

/// <summary>Settings of the <see cref="NativeEngine"/>.</summary>
public sealed class NativeEngineOptions
{
    /// <summary>Threads that libtorch computes one operation with, 1 to 256.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = 1;

    /// <summary>Answers of one model that run at the same time, 1 to 1024. Each takes its part of the key-value cache once it runs.</summary>
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

    /// <summary>Prompt tokens that are begun between two steps of the running answers, 1 to 1,048,576. One prompt is always begun, however long.</summary>
    [Range(1, 1_048_576)]
    public int PrefillTokensPerStep { get; set; } = 512;

    /// <summary>Where libtorch lies and what it may write.</summary>
    public TorchLibraryOptions Torch { get; set; } = new();
}
