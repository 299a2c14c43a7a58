using System.CommandLine;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify quote|gpu|receipt|solvency</c>: checks evidence by the same rules as everyone in the network.</summary>
internal static class VerifyCommand
{
    public static Command Create() => new("verify", "Check evidence of confidential workers and receipts of answers, offline, and whether the operator's coins cover its debts.") { VerifyQuoteCommand.Create(), VerifyGpuCommand.Create(), VerifyReceiptCommand.Create(), VerifySolvencyCommand.Create() };
}
