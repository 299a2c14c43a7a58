using System.ComponentModel;
using System.Diagnostics;

namespace CocoonOrleans.Cli.Processes;

/// <summary>Asks a tool of the machine one thing.</summary>
internal static class ToolOutput
{
    /// <summary>Runs a tool and reads what it prints.</summary>
    /// <returns>Its stdout, trimmed; null where it is absent or failed.</returns>
    public static async Task<string?> ReadAsync(string tool, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder,
            });
            if (process is null)
            {
                return null;
            }

            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await error;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
