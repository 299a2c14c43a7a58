using System.Runtime.CompilerServices;

namespace CocoonOrleans.Tests;

/// <summary>Hosts that tests make watch no settings files: a user has 128 watchers (inotify), and hosts give theirs back late.</summary>
internal static class NoFileWatchers
{
    [ModuleInitializer]
    internal static void TurnOff() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
