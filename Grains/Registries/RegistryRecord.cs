namespace CocoonOrleans.Grains.Registries;

/// <summary>What is stored of registries: the last known content of one, and how far each one was seen to come.</summary>
[GenerateSerializer, Alias("cocoon.RegistryRecord")]
internal sealed class RegistryRecord
{
    private const int MostMarks = 64;

    /// <summary>Rises with each change of the content.</summary>
    [Id(0)]
    public long Revision { get; set; }

    /// <summary>The content; null while none was read.</summary>
    [Id(1)]
    public RegistryContent? Content { get; set; }

    /// <summary>The chain's clock of the last word.</summary>
    [Id(2)]
    public DateTimeOffset Time { get; set; }

    /// <summary>Of each registry that was ever read, the one of now last.</summary>
    [Id(3)]
    public List<RegistryMark> Marks { get; set; } = [];

    /// <summary>What was believed of a registry.</summary>
    public RegistryMark? FloorOf(string registry) => Marks.Find(mark => mark.Registry == registry);

    /// <summary>The record after an observation. The chain's clock is believed up to ours: from the future nothing is fresh for ever.</summary>
    public RegistryRecord After(RegistryObservation seen, DateTimeOffset now)
    {
        RegistryMark? before = FloorOf(seen.Mark.Registry);
        bool isSame = Content?.Registry == seen.Mark.Registry && before?.Version == seen.Mark.Version && before.Content == seen.Mark.Content;
        DateTimeOffset time = seen.Time < now ? seen.Time : now;
        return new RegistryRecord
        {
            Revision = isSame ? Revision : Revision + 1,

            // Lists by name: what a collection expression makes of an IReadOnlyList has no type that grain storage can read again.
            Content = isSame ? Content : new RegistryContent(seen.Mark.Registry, seen.Mark.Version, new List<AllowedImage>(seen.Images), new List<string>(seen.Models)),
            Time = isSame && Time > time ? Time : time,
            Marks = [.. Marks.Where(mark => mark.Registry != seen.Mark.Registry).TakeLast(MostMarks - 1), seen.Mark],
        };
    }

    /// <summary>Whether the disk must know of this record, after the one that it has.</summary>
    public bool DiffersFrom(RegistryRecord stored, TimeSpan tolerance) => Revision != stored.Revision || !Marks.SequenceEqual(stored.Marks) || Time - stored.Time >= tolerance;
}
