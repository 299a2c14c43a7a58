using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>The first record of an answer.</summary>
/// <param name="Status">HTTP status; 100 to 599.</param>
/// <param name="ContentType">Of the body; 1 to 128 characters.</param>
/// <param name="ModelManifest">Manifest hash of the model that answers.</param>
/// <param name="Engine">What computes; 1 to 128 characters.</param>
public sealed record AnswerMeta(int Status, string ContentType, Digest ModelManifest, string Engine)
{
    private const int LeastStatus = 100;
    private const int MostStatus = 599;
    private const int Characters = 128;

    /// <exception cref="ArgumentException">A field is out of its range; the message names it.</exception>
    internal byte[] Encode()
    {
        if (FindFault() is { } field)
        {
            throw new ArgumentException($"{field} is out of its range.", field);
        }

        return DeterministicCbor.WriteMap(writer =>
        {
            writer.WriteInt32(0);
            writer.WriteInt32(Status);
            writer.WriteInt32(1);
            writer.WriteTextString(ContentType);
            writer.WriteInt32(2);
            writer.WriteByteString(ModelManifest.ToArray());
            writer.WriteInt32(3);
            writer.WriteTextString(Engine);
        });
    }

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out AnswerMeta? meta) =>
        DeterministicCbor.TryRead(bytes, Read, out meta) && meta.FindFault() is null;

    private static AnswerMeta Read(CborReader reader)
    {
        string contentType = "", engine = "";
        var status = 0L;
        Digest model = default;
        reader.ReadMap(0b1111, key =>
        {
            switch (key)
            {
                case 0: status = reader.ReadNumber(MostStatus); return true;
                case 1: contentType = reader.ReadText(Characters); return true;
                case 2: model = reader.ReadDigest(); return true;
                case 3: engine = reader.ReadText(Characters); return true;
                default: return false;
            }
        });
        return new AnswerMeta((int)status, contentType, model, engine);
    }

    private string? FindFault() =>
        Status is < LeastStatus or > MostStatus ? nameof(Status)
        : !CborReading.IsText(ContentType, Characters) ? nameof(ContentType)
        : !CborReading.IsText(Engine, Characters) ? nameof(Engine)
        : null;
}
