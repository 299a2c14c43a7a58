namespace CocoonOrleans.Cli.Processes;

/// <summary>
/// The output of a child process: all of it in a file, the last lines in memory, but for the frames of stack traces, which would crowd out the
/// words that people need. Bounded: a full file becomes <c>.1</c> and a new one begins.
/// </summary>
internal sealed class ProcessLog : IDisposable
{
    private const long MaxFileBytes = 16 * 1024 * 1024;
    private const int KeptLines = 30;

    private readonly Lock _gate = new();
    private readonly Queue<string> _tail = new();
    private readonly string _path;
    private StreamWriter? _file;

    public ProcessLog(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = Open(path);
    }

    /// <summary>The last lines, without stack frames, oldest first.</summary>
    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (_gate)
            {
                return [.. _tail];
            }
        }
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            if (WithoutStackFrames(line) is { Length: > 0 } words)
            {
                _tail.Enqueue(words);
            }

            if (_tail.Count > KeptLines)
            {
                _tail.Dequeue();
            }

            if (_file is { BaseStream.Position: >= MaxFileBytes })
            {
                _file.Dispose();
                File.Move(_path, _path + ".1", overwrite: true);
                _file = Open(_path);
            }

            _file?.WriteLine(line);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    // A frame begins like this, on a line of its own or, where a logger writes one line for each entry, after the words.
    private static string WithoutStackFrames(string line)
    {
        var frame = line.IndexOf("   at ", StringComparison.Ordinal);
        var words = frame < 0 ? line : line[..frame];
        return words.StartsWith("--- End of", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(words) ? "" : words.TrimEnd();
    }

    private static StreamWriter Open(string path) =>
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
}
