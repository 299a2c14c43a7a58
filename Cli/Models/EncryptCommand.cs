using System.CommandLine;
using System.Globalization;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Cli.Models;

/// <summary><c>cocoon model encrypt</c>: a folder that a provider can serve and not read, and the shares of its key for brokers.</summary>
internal static class EncryptCommand
{
    private const double BytesPerMegabyte = 1e6;
    private const int LongestName = 128;

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = ModelCommand.FolderDescription };
        var output = new Option<string>("--out") { Description = "The folder to make: what providers get.", HelpName = "folder", Required = true };
        var keyFile = new Option<string>("--key-file") { Description = "The file with the model's key: yours alone. It is made where there is none.", HelpName = "file", Required = true };
        var shares = new Option<string>("--shares") { Description = "The folder that gets a share file for each broker; by default the --out folder's name with .shares behind it.", HelpName = "folder" };
        var brokers = new Option<string[]>("--broker") { Description = "Where a key broker answers, such as https://keys.example.org/; repeat it for each.", HelpName = "url", Required = true };
        var threshold = new Option<int>("--threshold") { Description = "How many brokers a worker needs; fewer learn nothing of the key.", HelpName = "number", Required = true, CustomParser = WholeNumber.Between(1, EncryptedModelManifest.MostBrokers) };
        var images = new Option<FileInfo[]>("--image") { Description = "The manifest of an image that gets the key; repeat it for each. Tiers above simulated need one.", HelpName = "file" };
        var tier = new Option<TrustTier>("--tier") { Description = "The least tier that gets the key: tdx, confidential, or simulated for a test key.", DefaultValueFactory = _ => TrustTier.Tdx };
        var name = new Option<string?>("--name") { Description = "A name for people; by default the folder's." };
        images.AcceptExistingOnly();
        var command = new Command("encrypt", "Encrypt a model's weights, so that a provider can serve it and not read it.") { folder, output, keyFile, shares, brokers, threshold, images, tier, name };
        command.Validators.Add(result =>
        {
            var addresses = result.GetValue(brokers) ?? [];
            if (addresses.FirstOrDefault(address => !ModelBroker.IsAddress(address)) is { } wrong)
            {
                result.AddError($"--broker must be an http or https address that ends with a slash, not {wrong}.");
            }

            if (addresses.Length > EncryptedModelManifest.MostBrokers || result.GetValue(threshold) > addresses.Length)
            {
                result.AddError($"--threshold must be at most the number of brokers, of which there are 1 to {EncryptedModelManifest.MostBrokers}.");
            }

            if (result.GetValue(tier) == TrustTier.Open)
            {
                result.AddError("--tier must be tdx, confidential or simulated: in tier open the provider could read the key.");
            }

            if (result.GetValue(tier) != TrustTier.Simulated && result.GetValue(images) is not { Length: > 0 })
            {
                result.AddError("--image must name at least one image: only what it measures gets the key.");
            }
        });
        return command.Runs((result, console, cancellationToken) =>
        {
            var source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(result.GetRequiredValue(folder)));
            var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(result.GetRequiredValue(output)));
            var label = result.GetValue(name) ?? Path.GetFileName(source);
            if (label.Length is 0 or > LongestName || label.Any(char.IsControl))
            {
                throw new CommandFailedException($"A name has 1 to {LongestName} characters.", "Name it with --name.");
            }

            var terms = new EncryptionTerms(
                label, result.GetValue(tier), [.. (result.GetValue(images) ?? []).Select(ReadImage)], result.GetRequiredValue(threshold), result.GetRequiredValue(brokers));
            return RunAsync(
                terms, source, target, Path.GetFullPath(result.GetRequiredValue(keyFile)), Path.GetFullPath(result.GetValue(shares) ?? $"{target}.shares"), console, cancellationToken);
        });
    }

    private static async Task<int> RunAsync(
        EncryptionTerms terms, string source, string target, string keyFile, string shares, CommandOutput output, CancellationToken cancellationToken)
    {
        EncryptedModel model = null!;
        await Steps.RunAsync(output, async steps => model = await steps.TakeAsync(
            "encrypting",
            say => Task.Run(() => new ModelEncryption(terms).Encrypt(source, target, keyFile, shares, (done, total) => say(Of(done, total)), cancellationToken), cancellationToken),
            made => Of(made.Manifest.Files.Sum(file => file.Bytes), made.Manifest.Files.Sum(file => file.Bytes))));
        var manifest = model.Manifest;
        var result = new EncryptResult(
            target,
            manifest.Hash().ToString(),
            manifest.ModelId.ToString(),
            keyFile,
            manifest.MinimumTier.ToString().ToLowerInvariant(),
            [.. manifest.Images.Select(image => image.ToString())],
            manifest.Threshold,
            [.. manifest.Brokers.Zip(model.ShareFiles, (broker, file) => new EncryptBroker(broker.Address, file))],
            manifest.Files.Sum(file => file.Bytes));
        output.Text.WriteLine($"model      {result.ModelSha256} (the plain folder's: the catalogue's entry stays the same)");
        output.Text.WriteLine($"manifest   {result.ManifestSha256}");
        output.Text.WriteLine($"provider   {result.Folder}");
        output.Text.WriteLine($"your key   {result.KeyFile}");
        foreach (var broker in result.Brokers)
        {
            output.Text.WriteLine($"broker     {broker.Address} gets {broker.ShareFile}");
        }

        output.Text.WriteLine($"{result.Threshold} of {result.Brokers.Count} brokers are needed. Give each its file by a way that nobody else reads, and then delete it here.");
        if (manifest.MinimumTier == TrustTier.Simulated)
        {
            output.Text.WriteLine("SIMULATED: this is a test key. Machines that are only simulated get it, and brokers in Production don't take it.");
        }

        output.Result(result, CommandJson.Default.EncryptResult);
        return ExitCode.Success;
    }

    private static Digest ReadImage(FileInfo file) => ImageManifest.TryParse(StoredFile.Read(file, ImageManifest.LargestBytes), out var image, out var refusal)
        ? new Digest(image!.Id())
        : throw new CommandFailedException($"{file.FullName} is no manifest of an image: {refusal}", "Get it again from who publishes the image.");

    private static string Of(long done, long total) => string.Create(CultureInfo.InvariantCulture, $"{done / BytesPerMegabyte:F1} of {total / BytesPerMegabyte:F1} MB");
}
