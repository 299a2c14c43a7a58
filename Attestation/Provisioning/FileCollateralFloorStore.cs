using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// Floors in a JSON file, for one process at a time: another that opens it fails. Each change is a new file that is flushed and takes the old one's place,
/// so a crash leaves the one or the other. A file that can't be read is an error, never a beginning from nothing.
/// </summary>
public sealed class FileCollateralFloorStore : ICollateralFloorStore, IDisposable
{
    private const int LargestBytes = 1024 * 1024;
    private const int MostFloors = 4096;
    private const int LongestName = 200;
    private const int LongestNumber = 50;

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly SemaphoreSlim _turn = new(1);
    private SortedDictionary<string, BigInteger> _floors;

    /// <summary>Opens the file; where it is absent, no floor is known yet.</summary>
    /// <param name="path">The file. Its folder must be there.</param>
    /// <exception cref="IOException">Another process has it, or it can't be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public FileCollateralFloorStore(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
        _lock = new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            _floors = Read();
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CollateralFloor?> RaiseAsync(IReadOnlyList<CollateralFloor> seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var raised = new SortedDictionary<string, BigInteger>(_floors, StringComparer.Ordinal);
            var isHigher = false;
            foreach (var (name, number) in seen)
            {
                if (!IsValid(name, number))
                {
                    throw new ArgumentException($"A floor has a name of 1 to {LongestName} characters without blanks, and a number that is not negative.", nameof(seen));
                }

                if (!raised.TryGetValue(name, out var floor))
                {
                    floor = -1;
                }

                if (number < floor)
                {
                    return new CollateralFloor(name, floor);
                }

                isHigher |= number > floor;
                raised[name] = number;
            }

            if (isHigher)
            {
                if (raised.Count > MostFloors)
                {
                    throw new IOException($"{_path} would hold more than {MostFloors} floors.");
                }

                await WriteAsync(raised);
                _floors = raised;
            }

            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CollateralFloor?> FindAboveAsync(IReadOnlyList<CollateralFloor> seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var (name, number) in seen)
            {
                if (_floors.TryGetValue(name, out var floor) && number < floor)
                {
                    return new CollateralFloor(name, floor);
                }
            }

            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        _turn.Dispose();
    }

    private static bool IsValid(string name, BigInteger number) =>
        name.Length is > 0 and <= LongestName && !name.Any(char.IsWhiteSpace) && number >= BigInteger.Zero && number.ToString(CultureInfo.InvariantCulture).Length <= LongestNumber;

    private SortedDictionary<string, BigInteger> Read()
    {
        var floors = new SortedDictionary<string, BigInteger>(StringComparer.Ordinal);
        if (!File.Exists(_path))
        {
            return floors;
        }

        try
        {
            if (new FileInfo(_path).Length > LargestBytes)
            {
                throw new JsonException("It is too large.");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(_path), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 2 });
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var text = member.Value.GetString() ?? "";
                if (text.Length > LongestNumber || !BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !IsValid(member.Name, number))
                {
                    throw new JsonException($"{member.Name} is no floor.");
                }

                floors.Add(member.Name, number);
            }

            return floors;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{_path} holds no floors ({malformed.Message}) It keeps older collateral out: restore it from a copy, or delete it only if you know that nobody could have changed it.", malformed);
        }
    }

    private async Task WriteAsync(SortedDictionary<string, BigInteger> floors)
    {
        var temporary = _path + ".new";
        var json = JsonSerializer.SerializeToUtf8Bytes(floors.ToDictionary(floor => floor.Key, floor => floor.Value.ToString(CultureInfo.InvariantCulture)));
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
        {
            await file.WriteAsync(json);
            file.Flush(flushToDisk: true);
        }

        // The name's own flush is not ours to do: after a power cut the file before this one may be there, with floors that are lower by one step.
        File.Move(temporary, _path, overwrite: true);
    }
}
