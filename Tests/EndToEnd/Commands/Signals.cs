using System.Diagnostics;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>Sends signals as a shell does: .NET itself can only kill.</summary>
internal static class Signals
{
    public static async Task TerminateAsync(int id)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -TERM {id}"]))!;
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
