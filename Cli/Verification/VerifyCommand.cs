using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify quote</c>: judges a stored quote of Intel TDX, offline, by the same rules as everyone in the network.</summary>
internal static class VerifyCommand
{
    public static Command Create() => new("verify", "Check evidence of confidential workers, offline.") { Quote() };

    private static Command Quote()
    {
        var quote = new Argument<FileInfo>("file") { Description = "The quote, as the machine gave it: raw bytes." };
        var collateral = new Option<FileInfo>("--collateral")
        {
            Description = "Intel's documents about the platform, one JSON object: tcb_info, qe_identity, their signatures and issuer chains, root_ca_crl, pck_crl.",
            HelpName = "file",
            Required = true,
        };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "The time at which it must hold, for example 2025-06-25T00:00:00Z. By default now.",
            HelpName = "time",
            CustomParser = ReadTime,
        };
        var strict = new Option<bool>("--strict") { Description = "Take UpToDate platforms only, as before a key is released." };
        quote.AcceptExistingOnly();
        collateral.AcceptExistingOnly();
        var command = new Command("quote", "Verify a quote of Intel TDX. Exit code 0: accepted; 1: refused.") { quote, collateral, at, strict };
        return command.Runs((result, output, _) => Task.FromResult(Verify(
            Read(result.GetRequiredValue(quote), CocoonOrleans.Attestation.Quotes.Quote.LargestBytes),
            Read(result.GetRequiredValue(collateral), Collateral.LargestBytes),
            result.GetValue(at) ?? TimeProvider.System.GetUtcNow(),
            result.GetValue(strict) ? TcbPolicy.Strict : TcbPolicy.Default,
            output)));
    }

    private static int Verify(byte[] quote, byte[] collateralJson, DateTimeOffset at, TcbPolicy tcb, CommandOutput output)
    {
        var verdict = Collateral.TryParse(collateralJson, out var collateral, out var refusal)
            ? Describe(new EvidenceVerifier(TrustAnchor.Intel).Verify(new Evidence { Quote = quote, Collateral = collateral! }, new EvidencePolicy { Tcb = tcb }, at), at)
            : new QuoteVerdict("reject", refusal!.Code, refusal.Reason, null, [], null, null, false, Word(TrustAnchor.Intel.Assurance), false, null, at, [new QuoteCheck("collateral", false, refusal.Reason)]);
        Show(verdict, output);
        output.Result(verdict, CommandJson.Default.QuoteVerdict);
        return verdict.Code is null ? ExitCode.Success : ExitCode.Failed;
    }

    private static QuoteVerdict Describe(EvidenceVerdict verdict, DateTimeOffset at) => new(
        verdict.IsAccepted ? "accept" : "reject",
        verdict.Refusal?.Code,
        verdict.Refusal?.Reason,
        verdict.Tcb?.Status.ToString(),
        verdict.Tcb?.Advisories ?? [],
        verdict.Quote?.Td is { } td ? QuoteMeasurements.Of(td) : null,
        verdict.ValidUntil,
        ImageChecked: false,
        Word(verdict.Assurance),
        verdict.MustDrain,
        verdict.Processor is { } processor ? Convert.ToHexStringLower(processor.Fmspc.Span) : null,
        at,
        QuoteChecks.Of(verdict));

    private static void Show(QuoteVerdict verdict, CommandOutput output)
    {
        foreach (var check in verdict.Checks)
        {
            var (color, mark) = check.Passed switch { true => ("green", "ok"), false => ("red", "no"), _ => ("dim", "--") };
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{color}]{mark}[/]  {check.Text}");
        }

        if (verdict.Measurements is { } td)
        {
            output.Console.MarkupLineInterpolated($"[dim]MRTD   {td.MrTd}[/]");
            foreach (var (index, rtmr) in ((string[])[td.Rtmr0, td.Rtmr1, td.Rtmr2, td.Rtmr3]).Index())
            {
                output.Console.MarkupLineInterpolated($"[dim]RTMR{index}  {rtmr}[/]");
            }
        }

        output.Text.WriteLine(verdict.Code is null
            ? string.Create(CultureInfo.InvariantCulture, $"Accepted at {verdict.At:u}, valid until {verdict.ValidUntil:u}. No image was named: nothing is said about what the TD runs.")
            : string.Create(CultureInfo.InvariantCulture, $"Refused at {verdict.At:u}: {verdict.Reason} ({verdict.Code})"));
    }

    private static string Word(Assurance assurance) => JsonNamingPolicy.CamelCase.ConvertName(assurance.ToString());

    // One byte more than is looked at is enough for the verifier to say that it is too much.
    private static byte[] Read(FileInfo file, int most)
    {
        try
        {
            using var stream = file.OpenRead();
            var bytes = new byte[(int)Math.Min(stream.Length, most + 1L)];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file.FullName} can't be read: {exception.Message}", "Name a file that you may read.", innerException: exception);
        }
    }

    private static DateTimeOffset? ReadTime(ArgumentResult argument)
    {
        var word = argument.Tokens.Single().Value;
        if (DateTimeOffset.TryParseExact(
            word, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        argument.AddError($"--at must be a time like 2025-06-25T00:00:00Z, not {word}.");
        return null;
    }
}
