using System.Text;

namespace CocoonOrleans.Inference.Models;

/// <summary>Reads a file that is a list of objects.</summary>
internal sealed class ConfigList : IDisposable
{
    private const int MaximumItems = 64;
    private const string Name = "list";

    private readonly ConfigFields _whole;

    /// <exception cref="Formats.ModelFormatException">It is none, or too long.</exception>
    public ConfigList(ReadOnlyMemory<byte> json, string file)
    {
        // As a field of an object, so that there is one way only to read JSON.
        _whole = new ConfigFields((byte[])[.. Encoding.ASCII.GetBytes($"{{\"{Name}\":"), .. json.Span, (byte)'}'], file);
        try
        {
            Items = _whole.Objects(Name, MaximumItems);
        }
        catch
        {
            _whole.Dispose();
            throw;
        }
    }

    /// <summary>The objects.</summary>
    public IReadOnlyList<ConfigFields> Items { get; }

    public void Dispose() => _whole.Dispose();
}
