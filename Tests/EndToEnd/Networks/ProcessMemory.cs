using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>All memory of a running process that it can write to: more than any crash dump of that moment holds.</summary>
internal static class ProcessMemory
{
    private const int PartBytes = 4 << 20;

    /// <summary>Where a text stands, in UTF-8 or UTF-16.</summary>
    /// <param name="process">The process's id.</param>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Find(int process, string text)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)];
        var (found, read) = (new List<string>(), 0L);
        using var memory = new FileStream($"/proc/{process}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        foreach (var (start, end, name) in Ranges(process))
        {
            var overlap = forms.Max(form => form.Length) - 1;
            var part = new byte[PartBytes + overlap];
            for (var at = start; at < end; at += PartBytes)
            {
                var count = Read(memory, at, part.AsSpan(0, (int)Math.Min(part.Length, end - at)));
                read += count;
                found.AddRange(forms.Where(form => part.AsSpan(0, count).IndexOf(form) >= 0).Select(form => $"{form.Length} bytes of {name} at {at:x}"));
            }
        }

        Assert.True(read > PartBytes, $"{read} bytes of process {process} could be read");
        return found;
    }

    private static List<(long Start, long End, string Name)> Ranges(int process)
    {
        var ranges = new List<(long, long, string)>();
        foreach (var line in File.ReadLines($"/proc/{process}/maps"))
        {
            var parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts[1].StartsWith("rw", StringComparison.Ordinal))
            {
                var bounds = parts[0].Split('-');
                ranges.Add((long.Parse(bounds[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(bounds[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), parts.Length > 5 ? parts[5].Trim() : "memory"));
            }
        }

        return ranges;
    }

    /// <summary>Reads what is there: a range may be gone, or never have been touched.</summary>
    private static int Read(FileStream memory, long at, Span<byte> target)
    {
        try
        {
            memory.Seek(at, SeekOrigin.Begin);
            return memory.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
