using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.QuoteSources;

/// <summary>
/// Plays the kernel's configfs-tsm over a folder that is none: entries appear with their files, a write moves the generation, a read of the report makes
/// it. The files are real, and are opened, written and read by what is tested.
/// </summary>
internal sealed class FakeKernel : KernelFiles
{
    private readonly Lock _lock = new();
    private int _underWay;

    public string Provider { get; set; } = "tdx_guest\n";

    public string? Generation { get; set; }

    public byte[]? Auxiliary { get; set; }

    /// <summary>Makes the report of what was written, and of the entry's folder.</summary>
    public Func<byte[], byte[]> Report { get; set; } = reportData => World.Platform().Quote(reportData);

    /// <summary>What the n-th request meets before its report is made, counted from 1.</summary>
    public Action<int> OnReport { get; set; } = _ => { };

    public Action OnCreate { get; set; } = () => { };

    public Action OnRemove { get; set; } = () => { };

    /// <summary>Whether somebody else writes between the n-th request's write and its report.</summary>
    public Func<int, bool> IsDisturbed { get; set; } = _ => false;

    /// <summary>The lengths of all writes.</summary>
    public List<int> Writes { get; } = [];

    public int Entries { get; private set; }

    public int MostUnderWay { get; private set; }

    public override void CreateEntry(string path)
    {
        OnCreate();
        base.CreateEntry(path);
        File.WriteAllText(Path.Combine(path, "provider"), Provider);
        File.WriteAllText(Path.Combine(path, "generation"), Generation ?? "0\n");
        File.WriteAllText(Path.Combine(path, "inblob"), "");
        if (Auxiliary is not null)
        {
            File.WriteAllBytes(Path.Combine(path, "auxblob"), Auxiliary);
        }

        lock (_lock)
        {
            Entries++;
            MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
        }
    }

    public override void Write(string path, ReadOnlySpan<byte> bytes)
    {
        Writes.Add(bytes.Length);
        base.Write(path, bytes);
        var generation = Path.Combine(Path.GetDirectoryName(path)!, "generation");
        if (Generation is null)
        {
            File.WriteAllText(generation, IsDisturbed(Entries) ? "2\n" : "1\n");
        }
    }

    public override byte[] Read(string path, int most)
    {
        if (Path.GetFileName(path) == "outblob")
        {
            OnReport(Entries);
            File.WriteAllBytes(path, Report(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "inblob"))));
        }

        return base.Read(path, most);
    }

    public override void RemoveEntry(string path)
    {
        // The kernel's files go with their entry.
        foreach (var file in Directory.GetFiles(path))
        {
            File.Delete(file);
        }

        base.RemoveEntry(path);
        lock (_lock)
        {
            _underWay--;
        }

        OnRemove();
    }
}
