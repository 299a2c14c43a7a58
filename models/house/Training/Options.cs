using System.Globalization;

namespace CocoonOrleans.HouseModel;

/// <summary>Options of a verb, given as <c>name=value</c>.</summary>
public sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Reads the options.</summary>
    /// <param name="arguments">The arguments after the verb.</param>
    /// <param name="known">The names that this verb understands.</param>
    /// <exception cref="ArgumentException">An argument has no known name or no value.</exception>
    public Options(IEnumerable<string> arguments, params IReadOnlyCollection<string> known)
    {
        foreach (var argument in arguments)
        {
            var parts = argument.Split('=', 2);
            if (parts.Length < 2 || !known.Contains(parts[0]) || !_values.TryAdd(parts[0], parts[1]))
            {
                throw new ArgumentException($"'{argument}' is not understood; known, each once: {string.Join(", ", known.Select(name => name + "=..."))}");
            }
        }
    }

    /// <summary>A text, or what stands for it where it isn't given.</summary>
    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <summary>A whole number from 0, or what stands for it where it isn't given.</summary>
    /// <exception cref="ArgumentException">The value is not such a number.</exception>
    public long Number(string name, long otherwise) => !_values.TryGetValue(name, out var text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException($"{name}={text}: a whole number is needed");
}
