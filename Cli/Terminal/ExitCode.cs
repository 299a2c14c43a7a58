namespace CocoonOrleans.Cli.Terminal;

/// <summary>What every command ends with.</summary>
public static class ExitCode
{
    /// <summary>All was well.</summary>
    public const int Success = 0;

    /// <summary>The command was understood and failed; the reason was printed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; what is wrong was printed.</summary>
    public const int BadUsage = 2;
}
