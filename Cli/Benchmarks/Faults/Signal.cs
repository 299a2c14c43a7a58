using System.Diagnostics;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Benchmarks.Faults;

/// <summary>Signals to processes of ours, by their id.</summary>
internal static class Signal
{
    /// <summary>Ends a process without a word.</summary>
    public static void Kill(int id) => Send("KILL", id);

    /// <summary>Lets a process stand still.</summary>
    public static void Stop(int id) => Send("STOP", id);

    /// <summary>Lets it go on.</summary>
    public static void Continue(int id) => Send("CONT", id);

    private static void Send(string signal, int id)
    {
        using var kill = Process.Start("kill", ["-s", signal, id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        if (kill.ExitCode != 0)
        {
            throw new CommandFailedException($"Process {id} could not be sent SIG{signal}.", "See whether it still runs.");
        }
    }
}
