using System.Formats.Cbor;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Statements;

/// <summary>
/// A map of our documents in deterministic CBOR (RFC 8949, 4.2): keys 0 to 23 in rising order, shortest numbers, definite lengths. The reader of a
/// document encodes again what it read and compares, so that one document has one form and one hash.
/// </summary>
internal sealed class CborMap
{
    private const int MostKeys = 24;
    private const int MostItems = 4096;

    private readonly Dictionary<int, ReadOnlyMemory<byte>> _values = [];
    private readonly string _name;
    private readonly string _code;

    /// <param name="bytes">The document.</param>
    /// <param name="name">What it is called in reasons.</param>
    /// <param name="code">The code of anything that is not as expected.</param>
    public CborMap(ReadOnlyMemory<byte> bytes, string name, string code)
    {
        (_name, _code) = (name, code);
        try
        {
            var reader = new CborReader(bytes, CborConformanceMode.Canonical);
            var count = reader.ReadStartMap();
            for (var index = 0; index < count; index++)
            {
                var key = reader.ReadUInt32();
                if (key >= MostKeys)
                {
                    throw new RefusedException(code, $"keys below {MostKeys} were expected in the {name}, not {key}");
                }

                _values.Add((int)key, reader.ReadEncodedValue());
            }

            reader.ReadEndMap();
            if (reader.BytesRemaining > 0)
            {
                throw new RefusedException(code, $"nothing was expected behind the {name}");
            }
        }
        catch (Exception malformed) when (malformed is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new RefusedException(code, $"the {name} was expected to be a map in deterministic CBOR ({malformed.Message})");
        }
    }

    public bool Has(int key) => _values.ContainsKey(key);

    /// <summary>Refuses keys that this version does not know: a rule that is not understood is not obeyed.</summary>
    public void CheckKeys(int highest)
    {
        if (_values.Keys.FirstOrDefault(key => key > highest) is var unknown && unknown > 0)
        {
            throw new RefusedException(_code, $"keys up to {highest} were expected in the {_name}, not {unknown}");
        }
    }

    public ulong Number(int key, ulong most = long.MaxValue) => Read(key, "a number", reader => reader.ReadUInt64()) is var number && number <= most
        ? number
        : throw new RefusedException(_code, $"a number of at most {most} was expected as key {key} of the {_name}, not {number}");

    public string Text(int key, int most = 256) => Read(key, "a text", reader => reader.ReadTextString()) is var text && text.Length <= most
        ? text
        : throw new RefusedException(_code, $"a text of at most {most} characters was expected as key {key} of the {_name}");

    public byte[] Bytes(int key, int length) => Check(key, Read(key, "bytes", reader => reader.ReadByteString()), length);

    public byte[]? OptionalBytes(int key, int length) => Has(key) ? Bytes(key, length) : null;

    /// <summary>A list, each item read by a function.</summary>
    public IReadOnlyList<T> List<T>(int key, Func<CborReader, T> item) => Read(key, "a list", reader =>
    {
        var count = reader.ReadStartArray();
        if (count is null or > MostItems)
        {
            throw new RefusedException(_code, $"a list of at most {MostItems} was expected as key {key} of the {_name}");
        }

        var items = new List<T>();
        for (var index = 0; index < count; index++)
        {
            items.Add(item(reader));
        }

        reader.ReadEndArray();
        return items;
    });

    /// <summary>Bytes of a known length, for items of lists.</summary>
    public byte[] Check(int key, byte[] bytes, int length) => bytes.Length == length
        ? bytes
        : throw new RefusedException(_code, $"{length} bytes were expected in key {key} of the {_name}, not {bytes.Length}");

    private T Read<T>(int key, string what, Func<CborReader, T> read)
    {
        if (!_values.TryGetValue(key, out var encoded))
        {
            throw new RefusedException(_code, $"{what} was expected as key {key} of the {_name}; it is absent");
        }

        try
        {
            return read(new CborReader(encoded, CborConformanceMode.Canonical));
        }
        catch (Exception malformed) when (malformed is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new RefusedException(_code, $"{what} was expected as key {key} of the {_name} ({malformed.Message})");
        }
    }
}
