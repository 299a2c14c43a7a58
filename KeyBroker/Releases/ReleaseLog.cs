using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.KeyBroker.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.KeyBroker.Releases;

/// <summary>The file <c>releases.log</c> of the data folder: a line of JSON for each release, on the disk before the share leaves. It only grows, and its owner alone may read it. Thread-safe.</summary>
public sealed partial class ReleaseLog : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "releases.log";

    private readonly Lock _turn = new();
    private readonly FileStream _file;
    private bool _isBroken;

    /// <summary>Opens the file.</summary>
    /// <exception cref="IOException">It can't be written, or another broker has it.</exception>
    public ReleaseLog(IOptions<KeyBrokerOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string folder = Directory.CreateDirectory(options.Value.DataFolder).FullName;
        _file = new FileStream(Path.Combine(folder, FileName), new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.Read,

            // What could not be written must not come with the next line.
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Writes a release down.</summary>
    /// <exception cref="IOException">It could not be written. Then none is written any more until a restart: half a line may stand there.</exception>
    internal void Write(ReleaseEntry entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, EntryJson.Default.ReleaseEntry), (byte)'\n'];
        lock (_turn)
        {
            if (_isBroken)
            {
                throw new IOException($"{_file.Name} could not be written before.");
            }

            _isBroken = true;
            _file.Write(line);
            _file.Flush(flushToDisk: true);
            _isBroken = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(ReleaseEntry))]
    internal sealed partial class EntryJson : JsonSerializerContext;
}
