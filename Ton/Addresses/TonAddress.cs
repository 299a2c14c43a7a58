using System.Buffers.Binary;
using System.Globalization;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Addresses;

/// <summary>
/// The address of a contract: workchain and account. People see the friendly form (36 bytes in base64 with a check sum, and what a wallet
/// needs to know), programs the raw form <c>0:abcd...</c> (TEP-2).
/// </summary>
public sealed record TonAddress
{
    private const int FriendlyLength = 36;
    private const int FriendlyDigits = 48;
    private const byte BounceableTag = 0x11;
    private const byte NonBounceableTag = 0x51;
    private const byte TestOnlyFlag = 0x80;

    /// <param name="workchain">0, or -1 for the masterchain.</param>
    /// <param name="account">The hash of the contract's first code and data.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such workchain.</exception>
    public TonAddress(int workchain, Bits256 account)
    {
        if (workchain is not (0 or -1))
        {
            throw new ArgumentOutOfRangeException(nameof(workchain), "Workchains are 0 and -1.");
        }

        Workchain = workchain;
        Account = account;
    }

    /// <summary>0, or -1 for the masterchain.</summary>
    public int Workchain { get; }

    /// <summary>The hash of the contract's first code and data.</summary>
    public Bits256 Account { get; }

    /// <summary>Reads an address in either form. What the friendly form says beside the address is checked, then dropped.</summary>
    /// <param name="text">The address.</param>
    /// <param name="network">On mainnet a test-only address is refused.</param>
    /// <param name="field">What the error names.</param>
    /// <exception cref="TonFormatException">It is no address, its check sum is wrong, or it isn't for this network.</exception>
    public static TonAddress Parse(string? text, int network, string field = "address")
    {
        if (text?.Contains(':') == true)
        {
            return ParseRaw(text, field);
        }

        FriendlyAddress friendly = ParseFriendly(text, field);
        return friendly.TestOnly && network == TonNetwork.Mainnet
            ? throw new TonFormatException(field, "a test-only address on mainnet")
            : friendly.Address;
    }

    /// <summary>Reads the raw form: workchain, colon, 64 hexadecimal digits.</summary>
    /// <exception cref="TonFormatException">The text is something else.</exception>
    public static TonAddress ParseRaw(string? text, string field = "address")
    {
        string[] parts = (text ?? "").Split(':');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int workchain)
            ? Create(workchain, Bits256.Parse(parts[1], field), field)
            : throw new TonFormatException(field, "workchain, colon and 64 hexadecimal digits are needed");
    }

    /// <summary>Reads the friendly form, in base64 or base64url.</summary>
    /// <exception cref="TonFormatException">The text is something else, or its check sum is wrong.</exception>
    public static FriendlyAddress ParseFriendly(string? text, string field = "address")
    {
        Span<byte> bytes = stackalloc byte[FriendlyLength];
        if (text?.Length != FriendlyDigits
            || !Convert.TryFromBase64String(text.Replace('-', '+').Replace('_', '/'), bytes, out int written)
            || written != FriendlyLength)
        {
            throw new TonFormatException(field, $"{FriendlyDigits} digits of base64 are needed");
        }

        if (Crc16.Compute(bytes[..^2]) != BinaryPrimitives.ReadUInt16BigEndian(bytes[^2..]))
        {
            throw new TonFormatException(field, "the check sum is wrong");
        }

        byte tag = (byte)(bytes[0] & ~TestOnlyFlag & 0xff);
        if (tag is not (BounceableTag or NonBounceableTag))
        {
            throw new TonFormatException(field, "the first byte is not that of an address");
        }

        TonAddress address = Create(unchecked((sbyte)bytes[1]), new Bits256(bytes[2..^2]), field);
        return new FriendlyAddress(address, tag == BounceableTag, (bytes[0] & TestOnlyFlag) != 0);
    }

    /// <summary>The friendly form.</summary>
    /// <param name="bounceable">Whether a wallet should ask for its coins back when the contract fails; not before it is deployed.</param>
    /// <param name="testOnly">Whether no wallet should take it on mainnet.</param>
    /// <param name="urlSafe">Base64url; else base64 with + and /.</param>
    public string ToFriendlyString(bool bounceable = true, bool testOnly = false, bool urlSafe = true)
    {
        Span<byte> bytes = stackalloc byte[FriendlyLength];
        bytes[0] = (byte)((bounceable ? BounceableTag : NonBounceableTag) | (testOnly ? TestOnlyFlag : 0));
        bytes[1] = unchecked((byte)Workchain);
        Account.CopyTo(bytes[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[^2..], Crc16.Compute(bytes[..^2]));
        string text = Convert.ToBase64String(bytes);
        return urlSafe ? text.Replace('+', '-').Replace('/', '_') : text;
    }

    /// <summary>The raw form: <c>0:</c> and 64 hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Workchain}:{Account}");

    /// <summary>An address of bytes from outside.</summary>
    internal static TonAddress Create(int workchain, Bits256 account, string field) => workchain is 0 or -1
        ? new TonAddress(workchain, account)
        : throw new TonFormatException(field, "workchains are 0 and -1");
}
