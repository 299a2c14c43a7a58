using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tunnel.Records;

/// <summary>A stream of records breaks the protocol.</summary>
public sealed class RecordFormatException(RecordFault fault, string message, Exception? inner = null) : TunnelProtocolException(message, inner)
{
    /// <summary>What is wrong.</summary>
    public RecordFault Fault { get; } = fault;
}
