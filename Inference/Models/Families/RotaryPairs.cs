using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Order of the rows of queries and keys: GGUF's llama files have the two numbers of a rotary pair side by side, all others half a head apart.</summary>
internal static class RotaryPairs
{
    /// <summary>From side by side to half a head apart: row 2j + p of a head becomes row p * half + j.</summary>
    public static float[] Apart(WeightTensor tensor, int head) => Reorder(tensor, head, (inside, half) => inside % 2 * half + inside / 2);

    /// <summary>The other way.</summary>
    public static float[] SideBySide(WeightTensor tensor, int head) => Reorder(tensor, head, (inside, half) => inside % half * 2 + inside / half);

    private static float[] Reorder(WeightTensor tensor, int head, Func<int, int, int> target)
    {
        var (rows, columns) = (tensor.Shape[0], tensor.Shape[1]);
        var values = new float[tensor.Values.Length];
        for (var row = 0; row < rows; row++)
        {
            var (first, inside) = (row / head * head, row % head);
            tensor.Values.AsSpan(row * columns, columns).CopyTo(values.AsSpan((first + target(inside, head / 2)) * columns));
        }

        return values;
    }
}
