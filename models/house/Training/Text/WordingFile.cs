namespace CocoonOrleans.HouseModel.Text;

/// <summary>Reads the lists under <c>Text/Wordings</c>, which travel inside the program.</summary>
public static class WordingFile
{
    /// <summary>The lines of a list, in their order, without empty ones.</summary>
    /// <exception cref="FileNotFoundException">There is no list of that name.</exception>
    public static IReadOnlyList<string> Lines(string name)
    {
        using var stream = typeof(WordingFile).Assembly.GetManifestResourceStream(name + ".txt")
            ?? throw new FileNotFoundException($"There is no list {name}.txt under Text/Wordings.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    /// <summary>The words of a list in which spaces or lines separate them, each once.</summary>
    public static IReadOnlyList<string> Words(string name) => [.. Lines(name).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];

    /// <summary>Wordings, one a line.</summary>
    public static Wordings Wordings(string name) => new(Lines(name));
}
