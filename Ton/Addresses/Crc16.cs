namespace CocoonOrleans.Ton.Addresses;

/// <summary>CRC-16/XMODEM, the check sum of friendly addresses: polynomial 1021, start 0, highest bit first.</summary>
internal static class Crc16
{
    public static ushort Compute(ReadOnlySpan<byte> bytes)
    {
        int crc = 0;
        foreach (byte value in bytes)
        {
            crc ^= value << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
            }
        }

        return (ushort)crc;
    }
}
