using System.Diagnostics;
using System.Globalization;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>Looks at the machine's processes.</summary>
internal static class RunningProcesses
{
    /// <summary>The ids of the processes that a process started.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == parent),
    ];

    public static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The ids of the processes whose command line holds a text.</summary>
    public static IReadOnlyList<int> WithArgument(string text) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && CommandLineOf(id).Contains(text, StringComparison.Ordinal)),
    ];

    private static string CommandLineOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }

    private static int ParentOf(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal));
            return int.Parse(line.AsSpan(5), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return 0; // It has ended meanwhile.
        }
    }
}
