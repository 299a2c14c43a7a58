namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A key of a dictionary. As in Python 1, 1.0 and true are the same key. It keeps the value that it was made of, with its marks.</summary>
internal readonly struct TemplateKey : IEquatable<TemplateKey>
{
    private static readonly object None = new();

    private readonly object? _same;

    private TemplateKey(object? value, object same)
    {
        Value = value;
        _same = same;
    }

    public object? Value { get; }

    public static TemplateKey Of(string name) => new(MarkedText.FromTemplate(name), name);

    /// <summary>The key for a value, or null if it can't be one.</summary>
    public static TemplateKey? TryOf(object? value) => value switch
    {
        MarkedText text => new TemplateKey(text, text.Text),
        bool truth => new TemplateKey(truth, truth ? 1L : 0L),
        double number when number == Math.Floor(number) && Math.Abs(number) < long.MaxValue => new TemplateKey(value, (long)number),
        long or double => new TemplateKey(value, value),
        null => new TemplateKey(null, None),
        _ => null,
    };

    public bool Equals(TemplateKey other) => Equals(_same, other._same);

    public override bool Equals(object? obj) => obj is TemplateKey other && Equals(other);

    public override int GetHashCode() => _same?.GetHashCode() ?? 0;
}
