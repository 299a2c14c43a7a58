using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Testing;

var root = new RootCommand("CocoonOrleans: a network for AI inference, on one machine or many.")
{
    TestCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    Console.Error.WriteLine("See ./cocoon --help.");
    return ExitCode.BadUsage;
}

// Signals are ours to handle (Interruption): a network needs longer to stop than the two seconds that are the default here.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
