using System.CommandLine;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker</c>: what a provider does about its workers and its money.</summary>
internal static class WorkerCommand
{
    public static Command Create() => new("worker", "For providers: passes for workers, where you are paid, what you earned, charging it yourself, and a keeper of your vouchers.")
    {
        PassCommand.Create(),
        PayoutCommand.Create(),
        EarningsCommand.Create(),
        ChargeCommand.Create(),
        CloseCommand.Create(),
        KeeperCommand.Create(),
    };
}
