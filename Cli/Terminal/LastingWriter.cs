using System.Text;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>
/// A stream of this process that may go away: when a terminal is closed, writing to it fails, and a network that is being stopped must not
/// fail with it. What comes after the first failure is dropped.
/// </summary>
/// <param name="inner">The stream.</param>
internal sealed class LastingWriter(TextWriter inner) : TextWriter
{
    private bool _gone;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        if (_gone)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException)
        {
            _gone = true;
        }
    }
}
