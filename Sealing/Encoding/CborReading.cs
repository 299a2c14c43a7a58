using System.Formats.Cbor;

namespace CocoonOrleans.Sealing.Encoding;

/// <summary>Bounded reads: what is out of its bounds is a <see cref="CborContentException"/>.</summary>
internal static class CborReading
{
    /// <summary>Reads a map whose keys are small numbers.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="required">A bit for each key that must be there.</param>
    /// <param name="entry">Reads the value of a key; false for a key that it doesn't know.</param>
    public static void ReadMap(this CborReader reader, uint required, Func<uint, bool> entry)
    {
        uint seen = 0;
        var count = reader.ReadStartMap() ?? throw new CborContentException("A map of unknown length.");
        for (var i = 0; i < count; i++)
        {
            var key = reader.ReadUInt32();
            if (key > 23 || !entry(key))
            {
                throw new CborContentException("A key that is not known.");
            }

            seen |= 1u << (int)key;
        }

        reader.ReadEndMap();
        Check((seen & required) == required);
    }

    /// <summary>Reads an array of some values.</summary>
    public static T[] ReadArray<T>(this CborReader reader, int min, int max, Func<T> element)
    {
        var count = reader.ReadStartArray() ?? -1;
        Check(count >= min && count <= max);
        var elements = new T[count];
        for (var i = 0; i < count; i++)
        {
            elements[i] = element();
        }

        reader.ReadEndArray();
        return elements;
    }

    /// <summary>Reads the beginning of an array of a known length.</summary>
    public static void ReadStartArray(this CborReader reader, int length) => Check(reader.ReadStartArray() == length);

    /// <summary>Reads a number.</summary>
    public static long ReadNumber(this CborReader reader, long max)
    {
        var value = reader.ReadInt64();
        Check(value >= 0 && value <= max);
        return value;
    }

    /// <summary>Reads bytes.</summary>
    public static byte[] ReadBytes(this CborReader reader, int min, int max)
    {
        var bytes = reader.ReadByteString();
        Check(bytes.Length >= min && bytes.Length <= max);
        return bytes;
    }

    /// <summary>Reads 32 bytes.</summary>
    public static Digest ReadDigest(this CborReader reader) => new(reader.ReadBytes(Digest.Length, Digest.Length));

    /// <summary>Reads a text.</summary>
    public static string ReadText(this CborReader reader, int max)
    {
        var text = reader.ReadTextString();
        Check(IsText(text, max));
        return text;
    }

    /// <summary>Whether a text has 1 to <paramref name="max"/> characters and no control characters.</summary>
    public static bool IsText(string text, int max) => text.Length >= 1 && text.Length <= max && !text.Any(char.IsControl);

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new CborContentException("A value out of its bounds.");
        }
    }
}
