using System.Numerics;
using System.Text;

namespace CocoonOrleans.Inference.Formats;

/// <summary>
/// Reads the header of a GGUF file, versions 2 and 3 (github.com/ggml-org/ggml, <c>docs/gguf.md</c>). It comes with a model, so it is hostile until checked:
/// tensors cover the data in order, without overlap, and with no more between them than the alignment asks for.
/// </summary>
internal sealed class GgufHeaderReader(Stream stream, long length, string file)
{
    private const uint Magic = 0x46554747;
    private const int MaximumKeys = 100_000;
    private const int MaximumTensors = 100_000;
    private const int MaximumRank = 4;
    private const int MaximumNameBytes = 256;
    private const int MaximumKeyBytes = 65_535;
    private const int MaximumTextBytes = 64 << 20;

    // All arrays together. The largest known vocabulary (Gemma 3) comes to 1.3 million.
    private const int MaximumArrayValues = 8 << 20;
    private const long MaximumHeaderBytes = 256 << 20;
    private const int MaximumAlignment = 65_536;
    private const int DefaultAlignment = 32;
    private const string AlignmentKey = "general.alignment";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private long _position;
    private int _arrayValues;

    // As the file format numbers them.
    private enum ValueType : uint
    {
        UInt8,
        Int8,
        UInt16,
        Int16,
        UInt32,
        Int32,
        Float32,
        Bool,
        Text,
        Array,
        UInt64,
        Int64,
        Float64,
    }

    /// <exception cref="ModelFormatException">The header breaks a rule, or has a version, type or size that is not supported.</exception>
    public GgufHeader Read()
    {
        if (Number<uint>("magic") != Magic)
        {
            throw new ModelFormatException(file, "magic", "this is no GGUF file");
        }

        if (Number<uint>("version") is not (2 or 3) and var version)
        {
            throw new ModelFormatException(file, "version", $"{version} is not supported; 2 and 3, little-endian, are");
        }

        var tensors = Count("tensor count", MaximumTensors);
        var keys = Count("key count", MaximumKeys);
        var metadata = ReadMetadata(keys);
        var alignment = metadata.Integer(AlignmentKey, 1, MaximumAlignment, DefaultAlignment);
        if (!BitOperations.IsPow2(alignment))
        {
            throw new ModelFormatException(file, AlignmentKey, $"{alignment} is no power of two");
        }

        var infos = ReadTensors(tensors);
        var start = Align(_position, alignment);
        CheckPlaces(infos, alignment, length - start);
        return new GgufHeader(metadata, infos, alignment, start);
    }

    internal static long Align(long position, int alignment) => (position + alignment - 1) & -alignment;

    private GgufMetadata ReadMetadata(int keys)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < keys; i++)
        {
            var key = Text("key", MaximumKeyBytes);
            if (key.Length == 0)
            {
                throw new ModelFormatException(file, "key", "is empty");
            }

            if (!values.TryAdd(key, Value(key, (ValueType)Number<uint>(key))))
            {
                throw new ModelFormatException(file, key, "stands there twice");
            }
        }

        return new GgufMetadata(file, values);
    }

    private object Value(string key, ValueType type) => type switch
    {
        ValueType.UInt8 => (long)Number<byte>(key),
        ValueType.Int8 => (long)Number<sbyte>(key),
        ValueType.UInt16 => (long)Number<ushort>(key),
        ValueType.Int16 => (long)Number<short>(key),
        ValueType.UInt32 => (long)Number<uint>(key),
        ValueType.Int32 => (long)Number<int>(key),
        ValueType.Float32 => (double)BitConverter.UInt32BitsToSingle(Number<uint>(key)),
        ValueType.Bool => Number<byte>(key) != 0,
        ValueType.Text => Text(key, MaximumTextBytes),
        ValueType.Array => ReadArray(key),

        // No number that the engine asks for is so high.
        ValueType.UInt64 => (long)Math.Min(Number<ulong>(key), long.MaxValue),
        ValueType.Int64 => Number<long>(key),
        ValueType.Float64 => BitConverter.UInt64BitsToDouble(Number<ulong>(key)),
        _ => throw new ModelFormatException(file, key, $"has the unknown type {(uint)type}"),
    };

    private object ReadArray(string key)
    {
        var type = (ValueType)Number<uint>(key);
        var count = Number<ulong>(key);
        if (count > (ulong)(MaximumArrayValues - _arrayValues))
        {
            throw new ModelFormatException(file, key, $"has {count} values: more than {MaximumArrayValues}, together with the arrays before it");
        }

        if ((long)count * LeastBytes(type) > length - _position)
        {
            throw new ModelFormatException(file, key, "goes on behind the end of the file");
        }

        _arrayValues += (int)count;
        return type switch
        {
            ValueType.UInt8 or ValueType.Int8 or ValueType.UInt16 or ValueType.Int16 or ValueType.UInt32 or ValueType.Int32 or ValueType.UInt64 or ValueType.Int64
                => ReadValues<long>(key, type, (int)count),
            ValueType.Float32 or ValueType.Float64 => ReadValues<double>(key, type, (int)count),
            ValueType.Bool => ReadValues<bool>(key, type, (int)count),
            ValueType.Text => ReadValues<string>(key, type, (int)count),
            _ => throw new ModelFormatException(file, key, $"is an array of the type {(uint)type}, which is not supported"),
        };
    }

    private T[] ReadValues<T>(string key, ValueType type, int count)
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (T)Value(key, type);
        }

        return values;
    }

    private static int LeastBytes(ValueType type) => type switch
    {
        ValueType.UInt8 or ValueType.Int8 or ValueType.Bool => 1,
        ValueType.UInt16 or ValueType.Int16 => 2,
        ValueType.UInt32 or ValueType.Int32 or ValueType.Float32 => 4,
        _ => 8,
    };

    private List<GgufTensorInfo> ReadTensors(int count)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var infos = new List<GgufTensorInfo>();
        for (var i = 0; i < count; i++)
        {
            var info = ReadTensor();
            if (!names.Add(info.Name))
            {
                throw new ModelFormatException(file, info.Name, "stands there twice");
            }

            infos.Add(info);
        }

        infos.Sort((left, right) => (left.Start, left.Length).CompareTo((right.Start, right.Length)));
        return infos;
    }

    private GgufTensorInfo ReadTensor()
    {
        var name = Text("tensor name", MaximumNameBytes);
        var rank = Number<uint>(name);
        if (name.Length == 0 || rank is 0 or > MaximumRank)
        {
            throw new ModelFormatException(file, name, $"a tensor needs a name and 1 to {MaximumRank} dimensions, but has {rank}");
        }

        var shape = new int[rank];
        var elements = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            var size = Number<ulong>(name);
            if (size is 0 or > int.MaxValue || (elements *= (long)size) > Array.MaxLength)
            {
                throw new ModelFormatException(file, name, $"a dimension is {size}: more than {Array.MaxLength} elements, or none");
            }

            shape[i] = (int)size;
        }

        var type = (GgufTensorType)Number<uint>(name);
        if (!Enum.IsDefined(type))
        {
            throw new ModelFormatException(file, name, $"is stored as type {(uint)type}, which is not supported; {string.Join(", ", Enum.GetNames<GgufTensorType>())} are");
        }

        if (shape[^1] % type.BlockElements() != 0)
        {
            throw new ModelFormatException(file, name, $"has rows of {shape[^1]}, which {type} can't store: its blocks hold {type.BlockElements()}");
        }

        var start = Number<ulong>(name);
        return start <= (ulong)length
            ? new GgufTensorInfo(name, type, shape, (long)start, (int)elements)
            : throw new ModelFormatException(file, name, $"starts at {start}, behind the end of the file");
    }

    private void CheckPlaces(List<GgufTensorInfo> infos, int alignment, long dataLength)
    {
        var covered = 0L;
        foreach (var info in infos)
        {
            if (info.Start != Align(covered, alignment))
            {
                throw new ModelFormatException(file, info.Name, $"starts at {info.Start}, but what is before it ends at {covered}, and the alignment is {alignment}");
            }

            covered = info.Start + info.Length;
        }

        if (dataLength < covered || dataLength > Align(covered, alignment))
        {
            throw new ModelFormatException(file, "data", $"the tensors take {covered} bytes, but {dataLength} follow the header: the file is truncated or altered");
        }
    }

    private int Count(string field, int most) =>
        Number<ulong>(field) is var count && count <= (ulong)most ? (int)count : throw new ModelFormatException(file, field, $"{count} is more than {most}");

    private string Text(string field, int most)
    {
        var bytes = new byte[Bytes(field, most)];
        Fill(field, bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException(file, field, "is not valid UTF-8", e);
        }
    }

    private int Bytes(string field, int most)
    {
        var bytes = Number<ulong>(field);
        return bytes <= (ulong)most && (long)bytes <= length - _position
            ? (int)bytes
            : throw new ModelFormatException(file, field, $"a text of {bytes} bytes is longer than {most}, or than the rest of the file");
    }

    private T Number<T>(string field)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes = bytes[..T.Zero.GetByteCount()];
        Fill(field, bytes);
        return T.ReadLittleEndian(bytes, isUnsigned: T.IsZero(T.MinValue));
    }

    private void Fill(string field, Span<byte> buffer)
    {
        if (_position + buffer.Length > MaximumHeaderBytes)
        {
            throw new ModelFormatException(file, field, $"the header is longer than {MaximumHeaderBytes} bytes");
        }

        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw new ModelFormatException(file, field, "the file ended early");
        }

        _position += buffer.Length;
    }
}
