namespace CocoonOrleans.Tokenization.Chat;

/// <summary>What reading one request has found so far: the first error, and the fields that will be ignored.</summary>
internal sealed class RequestReading
{
    private const int MostIgnored = 64;
    private const int LongestName = 64;
    private readonly List<string> _ignored = [];

    public ChatRequestError? Error { get; private set; }

    public IReadOnlyList<string> Ignored => _ignored;

    public void Fail(string code, string? path, string message) => Error ??= new ChatRequestError(message, path, code);

    public void Ignore(string path)
    {
        if (_ignored.Count < MostIgnored && !_ignored.Contains(path))
        {
            _ignored.Add(path);
        }
    }

    /// <summary>A field's name if it looks like one: names are shown to people and may otherwise hold anything.</summary>
    public static string Printable(string name) =>
        name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : "(unnamed)";
}
