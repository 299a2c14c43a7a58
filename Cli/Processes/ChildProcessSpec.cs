namespace CocoonOrleans.Cli.Processes;

/// <summary>How to start one process of the network.</summary>
/// <param name="Name">What people call it; also the name of its log.</param>
/// <param name="Assembly">Path of the assembly or script that the program runs.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="LogFile">Where its output goes.</param>
/// <param name="Program">What runs it; null for the <c>dotnet</c> that runs us.</param>
public sealed record ChildProcessSpec(string Name, string Assembly, IReadOnlyList<string> Arguments, string LogFile, string? Program = null);
