using System.Text;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>Everything that a network leaves behind: logs, databases, state files, and what the system shows of its processes.</summary>
internal static class Traces
{
    /// <summary>The files that hold one of the texts, each with the text.</summary>
    /// <param name="network">The network; it may be running.</param>
    /// <param name="texts">What must be nowhere.</param>
    public static IReadOnlyList<string> Of(TestNetwork network, params string[] texts)
    {
        var files = Directory.GetFiles(network.Data.Path, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("ledger.db", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("state.db", StringComparison.Ordinal));
        Assert.All(["silo.log", "gateway.log", "worker-1.log", "worker-2.log"], log => Assert.Contains(files, file => file.EndsWith(log, StringComparison.Ordinal)));
        var shown = network.Processes.Processes.SelectMany(process => (string[])[$"/proc/{process.Current.Id}/cmdline", $"/proc/{process.Current.Id}/environ"]);
        return
        [
            .. from file in files.Concat(shown)
               let content = Read(file)
               from text in texts
               where content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0
               select $"{text} in {file}",
        ];
    }

    private static byte[] Read(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: 0 } && !file.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return []; // There is nothing in it, and a lock can't be opened.
        }

        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (FileNotFoundException)
        {
            return []; // A receipt that was acknowledged meanwhile.
        }
    }
}
