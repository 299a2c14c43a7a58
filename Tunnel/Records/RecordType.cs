namespace CocoonOrleans.Tunnel.Records;

/// <summary>The types of record in an answer.</summary>
public enum RecordType : byte
{
    /// <summary>First: <see cref="Messages.JobMeta"/>.</summary>
    Meta = 0,

    /// <summary>A piece of the answer, as the job's <see cref="Messages.JobKind"/> says.</summary>
    Data = 1,

    /// <summary>Nothing to say yet; empty.</summary>
    Heartbeat = 2,

    /// <summary>Last of a good answer: <see cref="Messages.JobFinal"/>.</summary>
    Final = 3,

    /// <summary>Last of a failed or refused one: <see cref="Messages.JobError"/>.</summary>
    Error = 4,
}
