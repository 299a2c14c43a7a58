using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing.Statements;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify gpu</c>: judges a stored report of an NVIDIA GPU, offline unless it is told to fetch.</summary>
internal static class VerifyGpuCommand
{
    private const int NonceBytes = 32;
    private const int LargestChain = 64 * 1024;
    private const string NotConfidential = "whether confidential computing is on: no report of a Hopper GPU says so";

    private static readonly string[] NotWhole = ["NVIDIA's reference values for the measurements", "revocation of certificates (OCSP)", NotConfidential];

    public static Command Create()
    {
        var report = new Argument<FileInfo>("file") { Description = "The report, raw bytes: SPDM request, response, signature.", Arity = ArgumentArity.ZeroOrOne };
        var chain = new Option<FileInfo>("--chain") { Description = "The GPU's certificates, PEM, leaf first.", HelpName = "file" };
        var tokens = new Option<FileInfo>("--nras") { Description = "Instead of a report: the answer of NVIDIA's attestation service about all GPUs, JSON. With --nras-keys.", HelpName = "file" };
        var keys = new Option<FileInfo>("--nras-keys") { Description = "The service's keys, a JSON Web Key Set from NVIDIA's own address.", HelpName = "file" };
        var nonce = new Option<byte[]?>("--nonce") { Description = "The nonce that it must be made for, 32 bytes in hex.", HelpName = "hex", CustomParser = ReadNonce };
        var statement = new Option<FileInfo>("--statement") { Description = "Instead of --nonce: the statement, CBOR, of the TD that the GPU serves.", HelpName = "file" };
        var fetch = new Option<bool>("--fetch") { Description = "Fetch reference values and OCSP answers from NVIDIA." };
        var service = Address("--rim-service", "Fetch reference values from here instead.", ReferenceClient.NvidiaReferences);
        var responder = Address("--ocsp-service", "Ask this OCSP responder instead.", ReferenceClient.NvidiaRevocation);
        var at = VerificationTime.Option();
        var files = new GpuReferenceOptions();
        report.AcceptExistingOnly();
        chain.AcceptExistingOnly();
        statement.AcceptExistingOnly();
        tokens.AcceptExistingOnly();
        keys.AcceptExistingOnly();
        var command = new Command("gpu", "Verify that a genuine GPU made a report for a nonce, and what it runs. Exit code 0: accepted; 1: refused.")
        {
            report, chain, tokens, keys, nonce, statement, fetch, service, responder, at,
        };
        foreach (var option in files.All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(nonce) is null == result.GetResult(statement) is null)
            {
                result.AddError("Give either --nonce or --statement.");
            }

            bool isNras = result.GetResult(tokens) is not null;
            if (isNras != result.GetResult(keys) is not null || isNras == result.GetResult(chain) is not null || isNras == result.GetResult(report) is { Tokens.Count: > 0 })
            {
                result.AddError("Give either a report and --chain, or --nras and --nras-keys.");
            }

            if (isNras && (result.GetValue(fetch) || files.All.Any(option => result.GetResult(option) is { Implicit: false })))
            {
                result.AddError("With --nras the service has judged reference values and revocation: leave --fetch, --rim and --ocsp out.");
            }

            if (result.GetValue(fetch) && files.All.Any(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError("Give either --fetch or files with --rim and --ocsp.");
            }
        });
        return command.Runs(async (result, output, cancellationToken) =>
        {
            if (result.GetValue(tokens) is { } answer)
            {
                return GpuTokens.Verify(
                    StoredFile.Read(answer, GpuTokens.LargestBundle),
                    StoredFile.Read(result.GetRequiredValue(keys), GpuTokens.LargestKeys),
                    result.GetValue(nonce) ?? NonceOf(result.GetRequiredValue(statement)),
                    result.GetValue(at) ?? TimeProvider.System.GetUtcNow(),
                    output);
            }

            var device = new GpuDevice(
                StoredFile.Read(result.GetValue(report)!, GpuReport.LargestBytes), StoredFile.Read(result.GetRequiredValue(chain), LargestChain));
            var references = result.GetValue(fetch)
                ? await FetchAsync(device, result.GetRequiredValue(service), result.GetRequiredValue(responder), output, cancellationToken)
                : files.Read(result);
            return Verify(device, references, result.GetValue(nonce) ?? NonceOf(result.GetRequiredValue(statement)), result.GetValue(at) ?? TimeProvider.System.GetUtcNow(), output);
        });
    }

    private static async Task<GpuReferences> FetchAsync(GpuDevice device, Uri service, Uri responder, CommandOutput output, CancellationToken cancellationToken)
    {
        output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Fetching reference values from {service} and answers from {responder} ...");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler);
        var (references, refusal) = await new ReferenceClient(http, service, responder, TimeProvider.System).FetchAsync(GpuVerifier.Nvidia, device, cancellationToken);
        return references ?? throw new CommandFailedException(
            $"NVIDIA's documents can't be had: {refusal!.Reason} ({refusal.Code})", "Try again later, or give files with --rim and --ocsp.");
    }

    private static int Verify(GpuDevice device, GpuReferences? references, byte[] nonce, DateTimeOffset at, CommandOutput output)
    {
        var found = GpuVerifier.Nvidia.Verify(device.Report.Span, device.Chain.Span, nonce, at, references);
        string[] notChecked = found.IsWhole ? [NotConfidential] : NotWhole;
        var verdict = new GpuReportVerdict(
            found.IsAccepted ? "accept" : "reject",
            found.Refusal?.Code,
            found.Refusal?.Reason,
            found.Device,
            found.Report?.DriverVersion,
            found.Report?.VbiosVersion,
            found.Report is { } report ? [ReferenceNames.Driver(report), ReferenceNames.Vbios(report)] : null,
            found.IsWhole,
            found.ValidUntil,
            Convert.ToHexStringLower(nonce),
            at,
            notChecked);
        if (found.Refusal is { } refusal)
        {
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]Refused[/] at {at:u}: {refusal.Reason} ({refusal.Code})");
            if (verdict.References is { } names && refusal.Code == RefusalCodes.GpuReferenceMissing)
            {
                output.Text.WriteLine($"NVIDIA's names of them: {string.Join(", ", names)}.");
            }
        }
        else
        {
            output.Console.MarkupLineInterpolated($"[green]Accepted[/]: a genuine GPU ({verdict.Device}, driver {verdict.DriverVersion}, VBIOS {verdict.VbiosVersion}) made it for this nonce.");
            if (found.IsWhole)
            {
                output.Text.WriteLine("Its driver and its VBIOS measured what NVIDIA signed, and no certificate is revoked.");
            }

            output.Text.WriteLine($"Not checked: {string.Join("; ", notChecked)}.");
        }

        output.Result(verdict, CommandJson.Default.GpuReportVerdict);
        return found.IsAccepted ? ExitCode.Success : ExitCode.Failed;
    }

    private static Option<Uri> Address(string name, string description, Uri standard) => new(name)
    {
        Description = description,
        HelpName = "address",
        DefaultValueFactory = _ => standard,
        CustomParser = argument =>
        {
            var word = argument.Tokens.Single().Value;
            if (Uri.TryCreate(word.EndsWith('/') ? word : word + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            argument.AddError($"{name} must be an absolute http or https address.");
            return standard;
        },
    };

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
