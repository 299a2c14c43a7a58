using System.Collections;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A list or a tuple, which are written differently and never equal. Immutable. What Python gives as an iterator is a list here.</summary>
internal sealed class TemplateList(object?[] items, bool isTuple = false) : IReadOnlyList<object?>
{
    public static TemplateList Empty { get; } = new([]);

    public bool IsTuple => isTuple;

    public int Count => items.Length;

    public object? this[int index] => items[index];

    public ReadOnlySpan<object?> Items => items;

    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
