using System.CommandLine;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Cli.Channels;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Receipts;
using CocoonOrleans.Market;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Cli.Proxy;

/// <summary><c>cocoon proxy</c>: seals for any client of OpenAI's API on this machine, so that the gateway reads nothing.</summary>
internal static class ProxyCommand
{
    private const int DefaultPort = 8081;
    private const int LeastTokenCharacters = 16;
    private const int TokenHexDigits = 48;
    private const string FloorsName = "proxy-floors.json";
    private const string ReceiptsName = "receipts";

    private static readonly string[] Variables = ["DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"];

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1.", DefaultValueFactory = _ => DefaultPort, CustomParser = WholeNumber.Between(1, ushort.MaxValue) };
        var token = new Option<string?>("--token") { Description = "What clients must have as their API key; by default a new one is made and shown." };
        var network = new Option<string>("--network") { Description = "The network whose statements are believed.", DefaultValueFactory = _ => new CocoonSealingOptions().NetworkId };
        var tier = new Option<TrustTier>("--tier") { Description = "The least tier of a worker.", DefaultValueFactory = _ => TrustTier.Open };
        var padding = new Option<TrafficPadding>("--padding") { Description = "How much of lengths and times is hidden.", DefaultValueFactory = _ => TrafficPadding.Balanced };
        var fresh = new Option<bool>("--fresh") { Description = "Take only workers' statements that are newer than a nonce of this proxy." };
        var images = new Option<FileInfo[]>("--image") { Description = "The manifest of an image that a worker may run; may be repeated. Tiers above open need one.", HelpName = "file", AllowMultipleArgumentsPerToken = true };
        var strict = new Option<bool>("--strict") { Description = "Take UpToDate platforms only: no relaunch is waited for." };
        var collateral = new Option<Uri?>("--collateral") { Description = "Where Intel's documents come from; by default Intel.", HelpName = "url", CustomParser = HttpUrl.Of("--collateral") };
        var socket = new Option<string?>("--collateral-socket") { Description = "A unix socket that gives the documents in place of --collateral, as a simulated issuer's does.", HelpName = "file" };
        var anchor = new Option<FileInfo>("--simulated-anchor") { Description = "Believe this simulated issuer in place of Intel: development only, nothing is confidential. With --tier simulated.", HelpName = "file" };
        var floors = new Option<string?>("--floors") { Description = "The file that keeps which of Intel's documents were seen, so that nobody can go back to older ones; by default in the data folder.", HelpName = "file" };
        var receipts = new Option<string?>("--receipts") { Description = $"The folder that keeps the newest {ReceiptFolder.DefaultMost} receipts, for ./cocoon verify receipt; by default in the data folder.", HelpName = "folder" };
        var mostHold = new Option<Nano>("--most-hold")
        {
            Description = "The most coins that one request may put at risk; one that may cost more is refused (request.hold).",
            HelpName = "coins",
            DefaultValueFactory = _ => new Nano(CocoonSealingOptions.DefaultMostHoldNano),
            CustomParser = CoinAmount.Read,
        };
        var channel = new Option<string?>("--channel") { Description = "Pay from a channel of your own: the file that ./cocoon channel open made. By default the account of the key pays.", HelpName = "file" };
        var (channelKey, gateway) = (new ChannelKey(), new GatewayOptions());
        var command = new Command("proxy", "Seal for any OpenAI client on this machine: a proxy on 127.0.0.1, so that the gateway can't read what passes.") { port, token, network, tier, fresh, padding, images, strict, collateral, socket, anchor, floors, receipts, mostHold, channel };
        channelKey.AddTo(command);
        images.AcceptExistingOnly();
        anchor.AcceptExistingOnly();
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var options = new CocoonSealingOptions { NetworkId = result.GetRequiredValue(network), MinimumTier = result.GetValue(tier), RequiresFreshStatements = result.GetValue(fresh), Padding = result.GetValue(padding), MostHoldNano = result.GetValue(mostHold).Value };
            var files = result.GetValue(images) ?? [];
            if (options.MinimumTier > TrustTier.Open && files.Length == 0)
            {
                throw new CommandFailedException($"No image is named, so no worker can show tier {Word(options.MinimumTier)}.", "Name the manifest of an image: --image FILE");
            }

            var simulated = result.GetValue(anchor);
            if (result.GetValue(strict) && files.Length == 0 && simulated is null)
            {
                throw new CommandFailedException("No quote is judged, so --strict asks for nothing.", "Name the manifest of an image: --image FILE");
            }

            if (simulated is not null && Variables.Any(name => string.Equals(Environment.GetEnvironmentVariable(name), "Production", StringComparison.OrdinalIgnoreCase)))
            {
                throw new CommandFailedException("In Production no simulated issuer is believed: what it vouches for is not confidential.", "Leave --simulated-anchor out.");
            }

            await using var quotes = files.Length == 0 && simulated is null
                ? null
                : ProxyQuotes.Open(files, result.GetValue(collateral), result.GetValue(socket), simulated, result.GetValue(floors) ?? Path.Combine(gateway.Folder(result), FloorsName), result.GetValue(strict));
            using var payer = result.GetValue(channel) is { } channelFile ? channelKey.OpenPayer(result, channelFile) : null;
            options = options with { Payer = payer };
            options = options with { Quotes = quotes?.Trust, Receipts = Receipts(result.GetValue(receipts) ?? Path.Combine(gateway.Folder(result), ReceiptsName), output) };
            return await RunAsync(
                result.GetValue(port), Token(result.GetValue(token)), options, gateway.Gateway(result), gateway.ApiKey(result), output, cancellationToken);
        });
    }

    private static async Task<int> RunAsync(
        int port, string token, CocoonSealingOptions options, Uri gateway, string key, CommandOutput output, CancellationToken cancellationToken)
    {
        if (FreePorts.Check(port) is { } busy)
        {
            throw new CommandFailedException($"Port {port} can't be used: {busy}", $"Stop what listens there, or choose another: ./cocoon proxy --port {FreePorts.Take(1)[0]}");
        }

        var inner = new SocketsHttpHandler { UseProxy = !gateway.IsLoopback };
        await using var proxy = await ProxyServer.StartAsync(port, token, gateway, key, new CocoonSealingHandler(options, inner), cancellationToken);
        var url = new Uri($"http://127.0.0.1:{port}/v1");
        var tier = Word(options.MinimumTier);
        output.Text.WriteLine($"READY {url} key={token}");
        output.Text.WriteLine($"It seals to workers of tier {tier} or more, through {gateway}. Stop it: Ctrl-C");
        if (options.Quotes?.Anchor.Assurance == Assurance.Simulated)
        {
            output.Text.WriteLine("SIMULATED: it believes a simulated issuer. Nothing here is confidential.");
        }

        output.Text.WriteLine($"No request may cost more than {new Nano(options.MostHoldNano).ToCoinString()} coins (--most-hold).");
        output.Text.WriteLine($"It keeps what the workers sign for in {options.Receipts!.Path}. Check one: ./cocoon verify receipt FILE");
        if (options.Payer is { } payer)
        {
            output.Text.WriteLine($"It pays from channel {payer.Channel}: {payer.Promised.ToCoinString()} coins signed so far.");
        }

        output.Text.Flush();
        output.Result(new ProxyResult(url, token, gateway, tier, new Nano(options.MostHoldNano).ToString(), options.Receipts.Path), CommandJson.Default.ProxyResult);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            output.Text.WriteLine("Stopped.");
        }

        return ExitCode.Success;
    }

    private static ReceiptFolder Receipts(string folder, CommandOutput output)
    {
        try
        {
            return new ReceiptFolder(folder, failed: e => output.Text.WriteLine($"A receipt can't be kept in {folder}: {e.Message}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"Receipts can't be kept in {folder}: {e.Message}", "Name another folder: --receipts FOLDER", innerException: e);
        }
    }

    private static string Word(TrustTier tier) => tier.ToString().ToLowerInvariant();

    private static string Token(string? given) =>
        given is null ? $"cp_{RandomNumberGenerator.GetHexString(TokenHexDigits, lowercase: true)}"
        : given.Length >= LeastTokenCharacters && given.All(char.IsAscii) && !given.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) ? given
        : throw new CommandFailedException($"A token has at least {LeastTokenCharacters} ASCII characters, without blanks.", "Leave --token out: one is made.");
}
