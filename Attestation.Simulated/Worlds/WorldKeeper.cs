using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Attestation.Simulated.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>The issuer's world: a new one at each start, or the one of a file, so that an issuer that died can come back. Thread-safe.</summary>
internal sealed class WorldKeeper : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MostBytes = 2 << 20;

    /// <summary>Certificates of a world hold for a year from its beginning: one that is about as old makes place for a new one.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(300);

    private readonly Lock _lock = new();
    private readonly string? _file;
    private KeptWorld _kept;

    /// <exception cref="IOException">The file can't be read or written, others may read it, or it holds no world.</exception>
    public WorldKeeper(IOptions<SimulatedOptions> options, TimeProvider time)
    {
        _file = options.Value.WorldFile;
        DateTimeOffset now = time.GetUtcNow();
        if (_file is null || !File.Exists(_file) || (_kept = Read(_file)).Start + LongestLife < now)
        {
            World = new SimulatedWorld(now);
            _kept = World.Keep();
            Write();
            return;
        }

        try
        {
            World = new SimulatedWorld(_kept);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IOException($"Simulated:WorldFile, {_file}, holds no world: {e.Message}", e);
        }
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>What is kept of it.</summary>
    public KeptWorld Kept
    {
        get
        {
            lock (_lock)
            {
                return _kept;
            }
        }
    }

    /// <summary>Keeps the registers of its TDs.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Keep(IReadOnlyDictionary<string, byte[]> registers)
    {
        lock (_lock)
        {
            if (_file is not null)
            {
                _kept = _kept with { Registers = new Dictionary<string, byte[]>(registers) };
                Write();
            }
        }
    }

    /// <summary>The number of the next set of collateral: each is higher than all before it, also after another start.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public int NextIssue()
    {
        lock (_lock)
        {
            var issue = _kept.Issue;
            _kept = _kept with { Issue = issue + 1 };
            Write();
            return issue;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();

    private static KeptWorld Read(string path)
    {
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0 || new FileInfo(path).Length > MostBytes)
        {
            throw new IOException($"Simulated:WorldFile, {path}, must be its owner's alone (chmod 600) and have at most {MostBytes} bytes.");
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KeptWorldJson.Default.KeptWorld) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new IOException($"Simulated:WorldFile, {path}, holds no world: {e.Message}", e);
        }
    }

    private void Write()
    {
        if (_file is null)
        {
            return;
        }

        var draft = $"{_file}.{Environment.ProcessId}";
        File.Delete(draft); // The mode counts only for a new file.
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            JsonSerializer.Serialize(stream, _kept, KeptWorldJson.Default.KeptWorld);
        }

        File.Move(draft, _file, overwrite: true);
    }
}
