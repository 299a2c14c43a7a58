using System.CommandLine;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify quote|gpu|receipt|statement|solvency</c>: checks evidence by the same rules as everyone in the network.</summary>
internal static class VerifyCommand
{
    public static Command Create() => new(
        "verify", "Check evidence of confidential workers, receipts of answers and statements of providers, offline, and whether the operator's coins cover its debts.")
    {
        VerifyQuoteCommand.Create(), VerifyGpuCommand.Create(), VerifyReceiptCommand.Create(), VerifyStatementCommand.Create(), VerifySolvencyCommand.Create(),
    };
}
