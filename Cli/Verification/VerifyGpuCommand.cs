using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing.Statements;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify gpu</c>: judges a stored report of an NVIDIA GPU, offline.</summary>
internal static class VerifyGpuCommand
{
    private const int NonceBytes = 32;
    private const int LargestChain = 64 * 1024;

    private static readonly string[] NotChecked = ["NVIDIA's reference values for the measurements", "revocation of certificates (OCSP)", "whether confidential computing is on"];

    public static Command Create()
    {
        var report = new Argument<FileInfo>("file") { Description = "The report, raw bytes: SPDM request, response, signature." };
        var chain = new Option<FileInfo>("--chain") { Description = "The GPU's certificates, PEM, leaf first.", HelpName = "file", Required = true };
        var nonce = new Option<byte[]?>("--nonce") { Description = "The nonce that it must be made for, 32 bytes in hex.", HelpName = "hex", CustomParser = ReadNonce };
        var statement = new Option<FileInfo>("--statement") { Description = "Instead of --nonce: the statement, CBOR, of the TD that the GPU serves.", HelpName = "file" };
        var at = VerificationTime.Option();
        report.AcceptExistingOnly();
        chain.AcceptExistingOnly();
        statement.AcceptExistingOnly();
        var command = new Command("gpu", "Verify that a genuine GPU made a report for a nonce. Exit code 0: accepted; 1: refused.") { report, chain, nonce, statement, at };
        command.Validators.Add(result =>
        {
            if (result.GetResult(nonce) is null == result.GetResult(statement) is null)
            {
                result.AddError("Give either --nonce or --statement.");
            }
        });
        return command.Runs((result, output, _) => Task.FromResult(Verify(
            StoredFile.Read(result.GetRequiredValue(report), GpuReport.LargestBytes),
            StoredFile.Read(result.GetRequiredValue(chain), LargestChain),
            result.GetValue(nonce) ?? NonceOf(result.GetRequiredValue(statement)),
            result.GetValue(at) ?? TimeProvider.System.GetUtcNow(),
            output)));
    }

    private static int Verify(byte[] report, byte[] chain, byte[] nonce, DateTimeOffset at, CommandOutput output)
    {
        var found = GpuVerifier.Nvidia.Verify(report, chain, nonce, at);
        var verdict = new GpuReportVerdict(
            found.IsAccepted ? "accept" : "reject",
            found.Refusal?.Code,
            found.Refusal?.Reason,
            found.Device,
            found.Report?.DriverVersion,
            found.Report?.VbiosVersion,
            Convert.ToHexStringLower(nonce),
            at,
            NotChecked);
        if (found.Refusal is { } refusal)
        {
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]Refused[/] at {at:u}: {refusal.Reason} ({refusal.Code})");
        }
        else
        {
            output.Console.MarkupLineInterpolated($"[green]Accepted[/]: a genuine GPU ({verdict.Device}, driver {verdict.DriverVersion}, VBIOS {verdict.VbiosVersion}) made it for this nonce.");
            output.Text.WriteLine($"Not checked: {string.Join("; ", NotChecked)}.");
        }

        output.Result(verdict, CommandJson.Default.GpuReportVerdict);
        return found.IsAccepted ? ExitCode.Success : ExitCode.Failed;
    }

    private static byte[] NonceOf(FileInfo file) => BoundStatement.TryRead(StoredFile.Read(file, Statement.MaxBytes), out var statement)
        ? statement.GpuNonce().ToArray()
        : throw new CommandFailedException("The file holds no statement.", "Name the statement that came with the report.");

    private static byte[]? ReadNonce(ArgumentResult argument)
    {
        var word = argument.Tokens.Single().Value;
        if (word.Length == NonceBytes * 2 && word.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(word);
        }

        argument.AddError($"--nonce must be {NonceBytes} bytes in hex.");
        return null;
    }
}
