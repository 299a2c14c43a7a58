using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tunnel.Records;

/// <summary>One record of an answer.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Body">Its bytes, valid until the next record is read.</param>
public readonly record struct Record(RecordType Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes before the body: u8 type, u32 big-endian length.</summary>
    public const int HeaderBytes = 5;

    /// <summary>Most bytes of a data record's body (the same as in a sealed stream).</summary>
    public const int MaxDataBytes = 32 << 10;

    /// <summary>Most bytes of a meta, final or error record's body.</summary>
    public const int MaxControlBytes = 16 << 10;

    /// <summary>Reads the body of a meta record.</summary>
    /// <exception cref="RecordFormatException">It is not the JSON it should be.</exception>
    public JobMeta ReadMeta() => Read(RecordType.Meta, TunnelJson.Default.JobMeta);

    /// <summary>Reads the body of a final record.</summary>
    /// <exception cref="RecordFormatException">It is not the JSON it should be.</exception>
    public JobFinal ReadFinal() => Read(RecordType.Final, TunnelJson.Default.JobFinal);

    /// <summary>Reads the body of an error record.</summary>
    /// <exception cref="RecordFormatException">It is not the JSON it should be.</exception>
    public JobError ReadError() => Read(RecordType.Error, TunnelJson.Default.JobError);

    /// <summary>Most bytes that the body of a type may have.</summary>
    public static int MaxBytes(RecordType type) => type switch
    {
        RecordType.Data => MaxDataBytes,
        RecordType.Heartbeat => 0,
        _ => MaxControlBytes,
    };

    private T Read<T>(RecordType expected, JsonTypeInfo<T> info)
        where T : class
    {
        if (Type != expected)
            throw new InvalidOperationException($"The record is of type {Type}, not {expected}.");
        try
        {
            return JsonSerializer.Deserialize(Body.Span, info) ?? throw new RecordFormatException(RecordFault.BadBody, $"The {Type} record is null.");
        }
        catch (JsonException e)
        {
            throw new RecordFormatException(RecordFault.BadBody, $"The {Type} record is not the JSON it should be: {e.Path}", e);
        }
    }
}
