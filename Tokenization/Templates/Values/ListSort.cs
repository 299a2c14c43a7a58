namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A stable merge sort. .NET's own wrap what a comparison throws, and a run's failure must come through as it is.</summary>
internal static class ListSort
{
    public static object?[] Sort(object?[] items, Func<object?, object?, bool> isLess, TemplateRun run)
    {
        run.SpendElements(items.Length);
        if (items.Length < 2)
        {
            return items;
        }

        var (left, right) = (Sort(items[..(items.Length / 2)], isLess, run), Sort(items[(items.Length / 2)..], isLess, run));
        var merged = new object?[items.Length];
        for (int i = 0, a = 0, b = 0; i < merged.Length; i++)
        {
            run.Spend();
            merged[i] = b == right.Length || (a < left.Length && !isLess(right[b], left[a])) ? left[a++] : right[b++];
        }

        return merged;
    }
}
