using System.Buffers;
using System.Buffers.Text;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Gateway.Channels;

/// <summary>The header <c>Cocoon-Voucher</c>: a signed voucher in base64url, with which a channel pays for the request. Form and length are checked here, before any silo hears of it.</summary>
internal static class VoucherHeader
{
    /// <summary>Its name.</summary>
    public const string Name = "Cocoon-Voucher";

    /// <summary>Reads it.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="voucher">The bytes; null where there is no such header.</param>
    /// <param name="error">Why it is refused.</param>
    /// <returns>False where it is refused.</returns>
    public static bool TryRead(IHeaderDictionary headers, out byte[]? voucher, out ApiError? error)
    {
        voucher = null;
        error = null;
        if (headers[Name] is not { Count: > 0 } values)
        {
            return true;
        }

        byte[] bytes = new byte[SignedVoucher.MaxBytes];
        if (values is not [{ } text] || Base64Url.DecodeFromChars(text, bytes, out _, out int written) != OperationStatus.Done)
        {
            error = Invalid("voucher");
            return false;
        }

        try
        {
            voucher = bytes[..written];
            SignedVoucher.Parse(voucher);
            return true;
        }
        catch (TonFormatException malformed)
        {
            error = Invalid(malformed.Field);
            return false;
        }
    }

    /// <summary>The refusal of a voucher.</summary>
    /// <param name="field">What of it is wrong.</param>
    public static ApiError Invalid(string? field) =>
        new(ErrorKinds.InvalidVoucher, $"The voucher can't be taken: {field} is wrong.") { Param = Name };
}
