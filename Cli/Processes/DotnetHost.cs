namespace CocoonOrleans.Cli.Processes;

/// <summary>The <c>dotnet</c> that runs this process: children run on the same one.</summary>
public static class DotnetHost
{
    /// <summary>Its path; the bare name where this process was started in another way.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.ProcessPath is { } process && System.IO.Path.GetFileNameWithoutExtension(process) == "dotnet")
        {
            return process;
        }

        return Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
    }
}
