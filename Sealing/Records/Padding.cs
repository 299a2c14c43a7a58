using System.Numerics;

namespace CocoonOrleans.Sealing.Records;

/// <summary>The lengths of docs/protocol.md, section 10.</summary>
internal static class Padding
{
    /// <summary>Bytes of a record in strict mode, its length included; a long meta, final or error record has a multiple of it.</summary>
    public const int StrictRecordBytes = 512;

    private const int LeastPadme = 256;
    private const int BalancedStep = 128;
    private const int LargestClass = 256 << 10;

    /// <summary>How long all records of a request together should be.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="length">How long they are without padding.</param>
    public static int OfRequest(TrafficPadding mode, int length) => mode switch
    {
        TrafficPadding.Off => length,
        TrafficPadding.Balanced => Padme(Math.Max(length, LeastPadme)),
        _ => Class(length),
    };

    /// <summary>How long the plaintext of an answer's record should be.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="length">How long it is without padding.</param>
    public static int OfAnswer(TrafficPadding mode, int length) => mode switch
    {
        TrafficPadding.Off => length,
        TrafficPadding.Balanced => RoundUp(length, BalancedStep),
        _ => RoundUp(length + RecordFormat.OuterBytes, StrictRecordBytes) - RecordFormat.OuterBytes,
    };

    /// <summary>Most bytes of data in one record of an answer.</summary>
    public static int MostAnswerData(TrafficPadding mode) =>
        mode == TrafficPadding.Strict ? StrictRecordBytes - RecordFormat.OverheadBytes : RecordFormat.MaxDataBytes;

    /// <summary>Padmé (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019): at most 12 % more.</summary>
    private static int Padme(int length)
    {
        var exponent = BitOperations.Log2((uint)length);
        var kept = BitOperations.Log2((uint)exponent) + 1;
        return RoundUp(length, 1 << (exponent - kept));
    }

    private static int Class(int length)
    {
        for (var size = 1 << 10; size <= LargestClass; size *= 4)
        {
            if (length <= size)
            {
                return size;
            }
        }

        return RoundUp(length, LargestClass);
    }

    private static int RoundUp(int length, int step) => (length + step - 1) / step * step;
}
