namespace CocoonOrleans.Sealing.Records;

/// <summary>Which way a stream of records goes; bound into each record.</summary>
internal enum StreamDirection : byte
{
    /// <summary>From the client.</summary>
    Request = 0,

    /// <summary>From the worker.</summary>
    Answer = 1,
}
