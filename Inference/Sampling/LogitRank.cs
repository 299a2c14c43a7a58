namespace CocoonOrleans.Inference.Sampling;

/// <summary>
/// Orders tokens: the highest logit first, the lowest id first among equals. The lower half of a rank is the id, the upper half the logit's bits, turned so
/// that they sort as a number.
/// </summary>
internal static class LogitRank
{
    /// <summary>The rank of a token; a lower one is likelier.</summary>
    public static ulong Of(float logit, int id)
    {
        // Adding 0 makes -0 into 0, which is equal and must rank the same.
        var bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    /// <summary>The token of a rank.</summary>
    public static int Id(ulong rank) => (int)(rank & uint.MaxValue);
}
