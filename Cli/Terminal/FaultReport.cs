using System.Reflection;
using CocoonOrleans.Cli.Network;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>What a person gets to see of a fault that nothing expected: never a stack trace, but the file that has it.</summary>
internal static class FaultReport
{
    private const string FileName = "last-fault.txt";

    /// <summary>Keeps the fault in a file, in place of the one before, and says how to report it.</summary>
    /// <param name="fault">The fault. The command line is not kept: it may hold a key.</param>
    public static CommandFailedException Write(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return new CommandFailedException(
            $"This should not have happened: {fault.Message}",
            Save($"cocoon {version}\n{fault}\n") is { } file ? $"Please report it, with the file {file}" : $"Please report it ({fault.GetType().Name}).",
            innerException: fault);
    }

    private static string? Save(string text)
    {
        foreach (var folder in (string[])[DataFolder.Default, Path.GetTempPath()])
        {
            try
            {
                Directory.CreateDirectory(folder);
                var file = Path.Combine(folder, FileName);
                DataFolder.WritePrivate(file, text);
                return file;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Then the next folder, or none: the fault itself is still told.
            }
        }

        return null;
    }
}
