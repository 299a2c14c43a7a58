using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Client.Receipts;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify receipt</c>: judges a receipt that <c>cocoon proxy</c> or the .NET client kept, offline.</summary>
internal static class VerifyReceiptCommand
{
    private const int LargestAnchor = 64 * 1024;
    private const string SimulatedAssurance = "simulated";

    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "The receipt, as ./cocoon proxy keeps it in its folder of receipts, or as a gateway answers GET /v1/receipts/ID." };
        var collateral = Optional("--collateral", "Intel's documents about the worker's platform (see verify quote). Without them a quote is not judged.");
        var image = Optional("--image", "The manifest of the image that must have run, in CBOR or JSON.");
        var anchor = Optional("--simulated-anchor", "Believe this simulated issuer in place of Intel: development only, it proves nothing.");
        var model = new Option<Digest?>("--model") { Description = "The model that must have computed: the manifest's SHA-256 that ./cocoon model hash prints.", HelpName = "hex", CustomParser = ReadModel };
        var strict = new Option<bool>("--strict") { Description = "Take UpToDate platforms only." };
        var at = VerificationTime.Option();
        at.Description = "The time at which a quote must hold; by default when the request was sealed.";
        file.AcceptExistingOnly();
        var command = new Command("receipt", "Verify a stored usage receipt; one of a gateway with the auction behind its price. Exit code 0: accepted; 1: refused.") { file, collateral, image, anchor, model, strict, at };
        return command.Runs((result, output, _) => Task.FromResult(Verify(
            StoredFile.Read(result.GetRequiredValue(file), StoredReceipt.LargestBytes),
            new ReceiptFiles(
                ReadOptional(result.GetValue(collateral), Collateral.LargestBytes),
                ReadOptional(result.GetValue(image), ImageManifest.LargestBytes),
                ReadOptional(result.GetValue(anchor), LargestAnchor)),
            new ReceiptEvidence
            {
                ModelManifest = result.GetValue(model),
                Tcb = result.GetValue(strict) ? TcbPolicy.Strict : TcbPolicy.Default,
                At = result.GetValue(at),
            },
            output)));
    }

    private static int Verify(byte[] file, ReceiptFiles files, ReceiptEvidence evidence, CommandOutput output)
    {
        var report = GatewayReceipt.TryRead(file, out var handedOut) ? Report(handedOut, evidence)
            : !StoredReceipt.TryRead(file, out var stored) ? Unreadable("file", new Refusal(ReceiptRefusalCodes.Format, "the file is no stored receipt of this version"))
            : files.TryRead(ref evidence, out var what, out var refusal) ? Report(stored, evidence)
            : Unreadable(what!, refusal!);
        Show(report, output);
        output.Result(report, CommandJson.Default.ReceiptReport);
        return report.Code is null ? ExitCode.Success : ExitCode.Failed;
    }

    private static ReceiptReport Report(StoredReceipt stored, ReceiptEvidence evidence)
    {
        var verdict = ReceiptVerifier.Verify(stored, evidence);
        var (receipt, statement) = (verdict.Receipt, verdict.Statement);
        return new ReceiptReport(
            verdict.IsAccepted ? "accept" : "reject",
            verdict.Refusal?.Code,
            verdict.Refusal?.Reason,
            verdict.Header?.Terms.RequestId,
            verdict.Header?.Terms.Model,
            receipt?.Usage.ModelManifest.ToString(),
            statement?.Hash.ToString(),
            statement?.Statement.TunnelKeySha256.ToString(),
            statement is null ? null : Word(statement.Statement.Tier),
            verdict.Tier is { } tier ? Word(tier) : null,
            QuoteChecked: verdict.Quote is { IsAccepted: true },
            verdict.Quote is { IsAccepted: true } quote ? Word(quote.Assurance) : statement?.Statement.Tier == TrustTier.Simulated ? SimulatedAssurance : "none",
            receipt is null ? null : Word(receipt.Status),
            receipt?.Usage is { } usage ? new ReceiptUsage(usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens, usage.ReasoningTokens) : null,
            verdict.CostNano?.ToString(CultureInfo.InvariantCulture),
            verdict.Header?.Terms.HoldLimitNano.ToString(CultureInfo.InvariantCulture),
            stored.Asked,
            evidence.At ?? stored.Asked,
            [.. verdict.Checks.Select(check => new QuoteCheck(check.Name, check.Passed, check.Text))]);
    }

    /// <summary>Of a request that the gateway sealed: it says nothing about the machine.</summary>
    private static ReceiptReport Report(GatewayReceipt handedOut, ReceiptEvidence evidence)
    {
        var verdict = GatewayReceiptVerifier.Verify(handedOut);
        var (receipt, statement, model) = (verdict.Receipt, verdict.Statement, evidence.ModelManifest);
        var refusal = verdict.Refusal ?? (receipt is not null && model is { } wanted && wanted != receipt.Usage.ModelManifest
            ? new Refusal(ReceiptRefusalCodes.Model, $"the model {wanted} was expected, and {receipt.Usage.ModelManifest} computed it") : null);
        return new ReceiptReport(
            refusal is null ? "accept" : "reject",
            refusal?.Code,
            refusal?.Reason,
            receipt?.RequestId,
            verdict.Transcript?.Model,
            receipt?.Usage.ModelManifest.ToString(),
            statement?.Hash.ToString(),
            statement?.Statement.TunnelKeySha256.ToString(),
            statement is null ? null : Word(statement.Statement.Tier),
            null,
            QuoteChecked: false,
            statement?.Statement.Tier == TrustTier.Simulated ? SimulatedAssurance : "none",
            receipt is null ? null : Word(receipt.Status),
            receipt?.Usage is { } usage ? new ReceiptUsage(usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens, usage.ReasoningTokens) : null,
            verdict.CostNano?.ToString(CultureInfo.InvariantCulture),
            null,
            null,
            null,
            [.. verdict.Checks.Select(check => new QuoteCheck(check.Name, check.Passed, check.Text))]);
    }

    private static ReceiptReport Unreadable(string what, Refusal refusal) => new(
        "reject", refusal.Code, refusal.Reason, null, null, null, null, null, null, null, false, "none", null, null, null, null, null, null, [new QuoteCheck(what, false, $"{refusal.Reason} ({refusal.Code})")]);

    private static void Show(ReceiptReport report, CommandOutput output)
    {
        foreach (var check in report.Checks)
        {
            var (color, mark) = check.Passed switch { true => ("green", "ok"), false => ("red", "no"), _ => ("dim", "--") };
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{color}]{mark}[/]  {check.Text}");
        }

        output.Text.WriteLine(report.Code is not null ? $"Refused: {report.Reason} ({report.Code})"
            : report.Assurance == SimulatedAssurance ? "Accepted. SIMULATED: nothing stands behind the worker's key."
            : report.Assurance == "hardware" ? $"Accepted: the worker of this statement signed for this request and answer, and its machine is of tier {report.Tier}."
            : "Accepted: the worker of this statement signed for this request and answer. Nothing is said about its machine.");
    }

    private static Option<FileInfo> Optional(string name, string description)
    {
        var option = new Option<FileInfo>(name) { Description = description, HelpName = "file" };
        option.AcceptExistingOnly();
        return option;
    }

    private static byte[]? ReadOptional(FileInfo? file, int most) => file is null ? null : StoredFile.Read(file, most);

    private static Digest? ReadModel(ArgumentResult argument)
    {
        var word = argument.Tokens.Single().Value;
        if (word.Length == Digest.Length * 2 && word.All(char.IsAsciiHexDigit))
        {
            return new Digest(Convert.FromHexString(word));
        }

        argument.AddError($"--model must be {Digest.Length} bytes in hex, not {word}.");
        return null;
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
