using System.Text.Json;

namespace CocoonOrleans.Tests.Inference;

/// <summary>
/// A real language model of 260,032 weights and what llama.cpp made of it: <c>../shared/models/stories260K</c> beside the checkout. It is no part of the
/// repository, so tests that need it are skipped, with the reason, where it is absent.
/// </summary>
public static class Stories260K
{
    private static readonly string? Root = SharedModels.Find("stories260K");

    public static string Folder
    {
        get
        {
            Skip.If(Root is null, "shared/models/stories260K is not beside this checkout: nothing was compared with llama.cpp");
            return Path.Combine(Root!, "hf");
        }
    }

    /// <summary>Ids of "Once upon a time", with the start token.</summary>
    public static int[] Prompt => Oracle(0);

    /// <summary>llama.cpp's greedy answer to <see cref="Prompt"/>: 342 ids, the last one is the end token, 1.</summary>
    public static int[] Answer => Oracle(1);

    private static int[] Oracle(int line)
        => JsonSerializer.Deserialize<int[]>(File.ReadLines(Path.Combine(Folder, "..", "llamacpp-greedy-once-upon-a-time.txt")).ElementAt(line))!;
}
