using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>The last record of a failed answer.</summary>
/// <param name="Code">What failed; 1 to 64 characters.</param>
/// <param name="Message">For people; 1 to 2,048 characters.</param>
/// <param name="IsRetryable">Whether it may succeed elsewhere or later.</param>
/// <param name="Receipt">What was used until then; null where nothing is to be paid. Not checked yet.</param>
/// <param name="Field">The field of the request that is at fault, 1 to 128 characters; null where none is.</param>
public sealed record AnswerError(string Code, string Message, bool IsRetryable, SignedReceipt? Receipt = null, string? Field = null)
{
    private const int CodeCharacters = 64;
    private const int MessageCharacters = 2048;
    private const int FieldCharacters = 128;

    /// <exception cref="ArgumentException">A text is out of its range; the message names it.</exception>
    internal byte[] Encode()
    {
        if (FindFault() is { } field)
        {
            throw new ArgumentException($"{field} is out of its range.", field);
        }

        return DeterministicCbor.WriteMap(writer =>
        {
            writer.WriteInt32(0);
            writer.WriteTextString(Code);
            writer.WriteInt32(1);
            writer.WriteTextString(Message);
            writer.WriteInt32(2);
            writer.WriteBoolean(IsRetryable);
            if (Receipt is { } receipt)
            {
                writer.WriteInt32(3);
                writer.WriteByteString(receipt.Receipt.Span);
                writer.WriteInt32(4);
                writer.WriteByteString(receipt.Signature.Span);
            }

            if (Field is { } name)
            {
                writer.WriteInt32(5);
                writer.WriteTextString(name);
            }
        });
    }

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out AnswerError? error) => DeterministicCbor.TryRead(bytes, Read, out error);

    private static AnswerError Read(CborReader reader)
    {
        string code = "", message = "";
        string? field = null;
        var retryable = false;
        byte[]? receipt = null, signature = null;
        reader.ReadMap(0b0111, key =>
        {
            switch (key)
            {
                case 0: code = reader.ReadText(CodeCharacters); return true;
                case 1: message = reader.ReadText(MessageCharacters); return true;
                case 2: retryable = reader.ReadBoolean(); return true;
                case 3: receipt = reader.ReadBytes(1, UsageReceipt.MaxBytes); return true;
                case 4: signature = reader.ReadBytes(ReceiptKey.SignatureBytes, ReceiptKey.SignatureBytes); return true;
                case 5: field = reader.ReadText(FieldCharacters); return true;
                default: return false;
            }
        });
        if (receipt is null != signature is null)
        {
            throw new CborContentException("A receipt without a signature, or the reverse.");
        }

        return new AnswerError(code, message, retryable, receipt is null ? null : new SignedReceipt(receipt, signature!), field);
    }

    private string? FindFault() =>
        !CborReading.IsText(Code, CodeCharacters) ? nameof(Code)
        : !CborReading.IsText(Message, MessageCharacters) ? nameof(Message)
        : Field is { } name && !CborReading.IsText(name, FieldCharacters) ? nameof(Field)
        : null;
}
