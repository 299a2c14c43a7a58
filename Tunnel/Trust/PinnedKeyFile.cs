using System.Collections.Frozen;
using CocoonOrleans.Tunnel.Handshakes;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>
/// Trusts the keys that a text file lists: one line each, the id (64 lower-case hex digits), a blank and a name; empty lines and lines that begin with
/// <c>#</c> are left out. The file is read again when it has changed, so keys come and go without a restart. A file that is missing or broken at a
/// later moment changes nothing: the last good list stays, and the error is logged.
/// </summary>
public sealed partial class PinnedKeyFile : ITunnelTrust
{
    /// <summary>Most bytes that a key file may have: room for some 10,000 keys.</summary>
    public const int MaxBytes = 1 << 20;

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _reload = new();
    private (DateTime Written, long Length) _version;
    private FrozenDictionary<string, string> _labels;

    /// <exception cref="IOException">The file can't be read, or a line of it is no key; the message names file and line.</exception>
    public PinnedKeyFile(string path, ILogger<PinnedKeyFile> logger)
    {
        _path = path;
        _logger = logger;
        _version = VersionOf(path);
        _labels = Read(path);
    }

    /// <inheritdoc/>
    public ValueTask<TrustVerdict> JudgeAsync(TunnelPeer peer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return new(Current().TryGetValue(peer.Key.Id, out string? label)
            ? TrustVerdict.Trusted(label)
            : TrustVerdict.Refused(new TunnelRefusal(TunnelRefusalCodes.KeyNotAllowed,
                $"The key {peer.Key.Id} is not on this gateway's list of workers; ask its operator to add it.")));
    }

    private FrozenDictionary<string, string> Current()
    {
        lock (_reload)
        {
            var version = VersionOf(_path);
            if (version == _version)
                return _labels;
            _version = version;
            try
            {
                _labels = Read(_path);
                LogReloaded(_path, _labels.Count);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogReloadFailed(_path, e.Message);
            }
            return _labels;
        }
    }

    private static (DateTime Written, long Length) VersionOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static FrozenDictionary<string, string> Read(string path)
    {
        if (new FileInfo(path).Length > MaxBytes)
            throw new IOException($"{path} has more than {MaxBytes} bytes.");
        var labels = new Dictionary<string, string>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            string[] parts = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (!TunnelPublicKey.IsId(parts[0]))
                throw new IOException($"{path}, line {number}: expected a worker id of 64 lower-case hex digits, then a name.");
            labels[parts[0]] = parts.Length > 1 ? parts[1] : $"key {parts[0][..8]}";
        }
        return labels.ToFrozenDictionary();
    }
}
