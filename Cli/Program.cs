using System.CommandLine;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Demo;
using CocoonOrleans.Cli.Doctor;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Testing;

var root = new RootCommand("CocoonOrleans: a network for AI inference, on one machine or many.")
{
    UpCommand.Create(),
    DemoCommand.Create(),
    ChatCommand.Create(),
    TestCommand.Create(),
    DoctorCommand.Create(),
    AccountCommand.Create(),
    ModelCommand.Create(),
};
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Errors.Count > 0)
{
    var wrong = string.Join(" ", parsed.Errors.Select(error => error.Message));
    new CommandOutput(args.Contains("--json")).Failure(new CommandFailedException(wrong, "See ./cocoon --help."));
    return ExitCode.BadUsage;
}

// Signals are ours to handle (Interruption): a network needs longer to stop than the two seconds that are the default here.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
