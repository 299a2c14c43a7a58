using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing.Statements;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify quote</c>: judges a stored quote of Intel TDX, offline, by the same rules as everyone in the network.</summary>
internal static class VerifyQuoteCommand
{
    public static Command Create()
    {
        var quote = new Argument<FileInfo>("file") { Description = "The quote, as the machine gave it: raw bytes." };
        var collateral = new Option<FileInfo>("--collateral")
        {
            Description = "Intel's documents about the platform, one JSON object: tcb_info, qe_identity, their signatures and issuer chains, root_ca_crl, pck_crl.",
            HelpName = "file",
            Required = true,
        };
        var at = VerificationTime.Option();
        var strict = new Option<bool>("--strict") { Description = "Take UpToDate platforms only, as before a key is released." };
        var image = Optional("--image", "The manifest of the image that must run, in CBOR or JSON. Without it nothing is said about what runs.");
        var log = Optional("--event-log", "What was measured: a CCEL table, or its JSON list.");
        var statement = Optional("--statement", "The statement that the quote must be made for, CBOR.");
        var gpus = Optional("--gpus", "What the GPUs show, CBOR. Give --rim and --ocsp with it, and the statement.");
        var references = new GpuReferenceOptions();
        quote.AcceptExistingOnly();
        collateral.AcceptExistingOnly();
        var command = new Command("quote", "Verify a quote of Intel TDX. Exit code 0: accepted; 1: refused.") { quote, collateral, at, strict, image, log, statement, gpus };
        foreach (var option in references.All)
        {
            command.Add(option);
        }

        return command.Runs((result, output, _) => Task.FromResult(Verify(
            new QuoteFiles(
                StoredFile.Read(result.GetRequiredValue(quote), Quote.LargestBytes),
                StoredFile.Read(result.GetRequiredValue(collateral), Collateral.LargestBytes),
                ReadOptional(result.GetValue(image), ImageManifest.LargestBytes),
                ReadOptional(result.GetValue(log), EventLog.LargestBytes),
                ReadOptional(result.GetValue(statement), Statement.MaxBytes),
                ReadOptional(result.GetValue(gpus), GpuEvidence.LargestBytes),
                references.Read(result)),
            result.GetValue(at) ?? TimeProvider.System.GetUtcNow(),
            result.GetValue(strict) ? TcbPolicy.Strict : TcbPolicy.Default,
            output)));
    }

    private static int Verify(QuoteFiles files, DateTimeOffset at, TcbPolicy tcb, CommandOutput output)
    {
        EventLog? log = null;
        ImageManifest? image = null;
        var verdict = !Collateral.TryParse(files.Collateral, out var collateral, out var refusal) ? Unreadable("collateral", refusal!, at)
            : files.Image is { } manifest && !ImageManifest.TryParse(manifest, out image, out refusal) ? Unreadable("image", refusal!, at)
            : files.EventLog is { } table && !EventLog.TryParse(table, out log, out refusal) ? Unreadable("eventLog", refusal!, at)
            : Verify(
                new Evidence
                {
                    Quote = files.Quote,
                    Collateral = collateral!,
                    EventLog = log,
                    Statement = files.Statement is { } bytes ? bytes : default(ReadOnlyMemory<byte>?),
                    Gpus = files.Gpus is { } shown ? shown : default(ReadOnlyMemory<byte>?),
                    GpuReferences = files.GpuReferences,
                },
                new EvidencePolicy { Tcb = tcb, Images = image is null ? null : [image] },
                at);
        Show(verdict, output);
        output.Result(verdict, CommandJson.Default.QuoteVerdict);
        return verdict.Code is null ? ExitCode.Success : ExitCode.Failed;
    }

    private static QuoteVerdict Verify(Evidence evidence, EvidencePolicy policy, DateTimeOffset at)
    {
        var verdict = new EvidenceVerifier(TrustAnchor.Intel).Verify(evidence, policy, at);
        return new QuoteVerdict(
            verdict.IsAccepted ? "accept" : "reject",
            verdict.Refusal?.Code,
            verdict.Refusal?.Reason,
            verdict.Tcb?.Status.ToString(),
            verdict.Tcb?.Advisories ?? [],
            verdict.Quote?.Td is { } td ? QuoteMeasurements.Of(td) : null,
            verdict.ValidUntil,
            ImageChecked: verdict.Image is not null,
            verdict.Image is { } running ? Convert.ToHexStringLower(running.Id()) : null,
            verdict.IsAccepted ? Word(verdict.Tier) : null,
            Word(verdict.Assurance),
            verdict.MustDrain,
            verdict.Processor is { } processor ? Convert.ToHexStringLower(processor.Fmspc.Span) : null,
            at,
            QuoteChecks.Of(verdict, evidence));
    }

    private static QuoteVerdict Unreadable(string what, Refusal refusal, DateTimeOffset at) => new(
        "reject", refusal.Code, refusal.Reason, null, [], null, null, false, null, null, Word(TrustAnchor.Intel.Assurance), false, null, at, [new QuoteCheck(what, false, $"{refusal.Reason} ({refusal.Code})")]);

    private static void Show(QuoteVerdict verdict, CommandOutput output)
    {
        foreach (var check in verdict.Checks)
        {
            var (color, mark) = check.Passed switch { true => ("green", "ok"), false => ("red", "no"), _ => ("dim", "--") };
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{color}]{mark}[/]  {check.Text}");
        }

        if (verdict.Measurements is { } td)
        {
            output.Console.MarkupLineInterpolated($"[dim]MRTD   {td.Mrtd}[/]");
            foreach (var (index, rtmr) in ((string[])[td.Rtmr0, td.Rtmr1, td.Rtmr2, td.Rtmr3]).Index())
            {
                output.Console.MarkupLineInterpolated($"[dim]RTMR{index}  {rtmr}[/]");
            }

            output.Console.MarkupLineInterpolated($"[dim]COCOON {td.CocoonImageHash}[/]");
        }

        output.Text.WriteLine(verdict.Code is null
            ? string.Create(CultureInfo.InvariantCulture, $"Accepted at {verdict.At:u}, valid until {verdict.ValidUntil:u}{(verdict.ImageChecked ? "." : ". No image was named: nothing is said about what the TD runs.")}")
            : string.Create(CultureInfo.InvariantCulture, $"Refused at {verdict.At:u}: {verdict.Reason} ({verdict.Code})"));
    }

    private static Option<FileInfo> Optional(string name, string description)
    {
        var option = new Option<FileInfo>(name) { Description = description, HelpName = "file" };
        option.AcceptExistingOnly();
        return option;
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static byte[]? ReadOptional(FileInfo? file, int most) => file is null ? null : StoredFile.Read(file, most);
}
