using System.Text;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>The sources of our kernels, which are part of this assembly: one program out of <c>Inference/Cuda/Kernels/*.cu</c>.</summary>
internal static class KernelSources
{
    // What stands first is used by what follows.
    private static readonly string[] Files = ["common.cu", "product.cu", "rows.cu", "heads.cu", "attention.cu", "bandwidth.cu"];

    /// <summary>All of them. Errors of a compiler name file and line.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        var text = new StringBuilder();
        foreach (var file in Files)
        {
            using var stream = typeof(KernelSources).Assembly.GetManifestResourceStream("Cuda/" + file)
                ?? throw new InvalidOperationException($"{file} is no part of this assembly");
            using var reader = new StreamReader(stream);
            text.Append("#line 1 \"").Append(file).Append("\"\n").Append(reader.ReadToEnd()).Append('\n');
        }

        return text.ToString();
    }
}
