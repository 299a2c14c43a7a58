namespace CocoonOrleans.Sealing.Shares;

/// <summary>
/// The field of 256 elements with the polynomial x^8 + x^4 + x^3 + x + 1 (that of AES, FIPS 197, section 4). Without tables and without branches on values: how long it takes, and which memory it
/// touches, says nothing of what is multiplied.
/// </summary>
internal static class Field256
{
    private const int Bits = 8;
    private const int Reduction = 0x1B;

    /// <summary>The product.</summary>
    public static byte Multiply(byte left, byte right)
    {
        int a = left, b = right, product = 0;
        for (var bit = 0; bit < Bits; bit++)
        {
            product ^= -(b & 1) & a;
            a = ((a << 1) ^ (-(a >> 7) & Reduction)) & 0xFF;
            b >>= 1;
        }

        return (byte)product;
    }

    /// <summary>The inverse: the 254th power. Of 0 it is 0.</summary>
    public static byte Invert(byte value)
    {
        // 254 = 2 + 4 + ... + 128: the product of the squares, in the same seven steps for every value.
        byte square = value, inverse = 1;
        for (var bit = 1; bit < Bits; bit++)
        {
            square = Multiply(square, square);
            inverse = Multiply(inverse, square);
        }

        return inverse;
    }
}
