using System.CommandLine;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Benchmarks;
using CocoonOrleans.Cli.Channels;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Cluster;
using CocoonOrleans.Cli.Demo;
using CocoonOrleans.Cli.Doctor;
using CocoonOrleans.Cli.Keys;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Providers;
using CocoonOrleans.Cli.Proxy;
using CocoonOrleans.Cli.Registry;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Testing;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Cli.Watchtower;

var root = new RootCommand("CocoonOrleans: a network for AI inference, on one machine or many.")
{
    UpCommand.Create(),
    DemoCommand.Create(),
    ChannelCommand.Create(),
    ChatCommand.Create(),
    ProxyCommand.Create(),
    TestCommand.Create(),
    BenchCommand.Create(),
    DoctorCommand.Create(),
    AccountCommand.Create(),
    WorkerCommand.Create(),
    ClusterCommand.Create(),
    ModelCommand.Create(),
    VerifyCommand.Create(),
    KeyCommand.Create(),
    RegistryCommand.Create(),
    WatchtowerCommand.Create(),
    CommandRunning.Json,
};
return await CommandLine.RunAsync(root, args.Length == 0 ? ["--help"] : args);
