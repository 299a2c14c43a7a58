using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>The last record of a whole answer.</summary>
/// <param name="FinishReason">Why the model stopped; 1 to 128 characters.</param>
/// <param name="Transcript">SHA-256 of what all meta and data records say.</param>
/// <param name="Receipt">What was used; not checked yet.</param>
public sealed record AnswerFinal(string FinishReason, Digest Transcript, SignedReceipt Receipt)
{
    private const int Characters = 128;

    /// <exception cref="ArgumentException">The finish reason is out of its range.</exception>
    internal byte[] Encode()
    {
        if (!CborReading.IsText(FinishReason, Characters))
        {
            throw new ArgumentException($"{nameof(FinishReason)} is out of its range.", nameof(FinishReason));
        }

        return DeterministicCbor.WriteMap(writer =>
        {
            writer.WriteInt32(0);
            writer.WriteTextString(FinishReason);
            writer.WriteInt32(1);
            writer.WriteByteString(Transcript.ToArray());
            writer.WriteInt32(2);
            writer.WriteByteString(Receipt.Receipt.Span);
            writer.WriteInt32(3);
            writer.WriteByteString(Receipt.Signature.Span);
        });
    }

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out AnswerFinal? final) => DeterministicCbor.TryRead(bytes, Read, out final);

    private static AnswerFinal Read(CborReader reader)
    {
        var reason = "";
        byte[] receipt = [], signature = [];
        Digest transcript = default;
        reader.ReadMap(0b1111, key =>
        {
            switch (key)
            {
                case 0: reason = reader.ReadText(Characters); return true;
                case 1: transcript = reader.ReadDigest(); return true;
                case 2: receipt = reader.ReadBytes(1, UsageReceipt.MaxBytes); return true;
                case 3: signature = reader.ReadBytes(ReceiptKey.SignatureBytes, ReceiptKey.SignatureBytes); return true;
                default: return false;
            }
        });
        return new AnswerFinal(reason, transcript, new SignedReceipt(receipt, signature));
    }
}
