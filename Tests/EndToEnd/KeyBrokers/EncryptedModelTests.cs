using System.Text;
using System.Text.Json;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.KeyBrokers;

/// <summary>The house model, encrypted: workers in processes of their own that get its key of key brokers, or don't.</summary>
public sealed class EncryptedModelTests
{
    [Fact]
    public async Task Chat_ModelIsEncrypted_IsServedUnderItsIdAndNothingOfItLiesInPlain()
    {
        await using TestNetwork network = await TestNetwork.StartAsync(options => Task.FromResult(options with { SimulatedTdx = [], EncryptsModel = true, Workers = 1 }));
        EncryptedPlace place = network.Processes.Topology.Encrypted!;
        string id = network.Processes.Topology.Model.ManifestSha256;

        var first = await network.AskAsync("What is 23 + 58?", maxTokens: 24);
        Assert.Equal("simulated", first.Provider?.Tier);
        Assert.All(place.Brokers, broker => Assert.Single(File.ReadAllLines(Path.Combine(broker.Folder, "releases.log"))));

        // Two of three brokers are enough.
        await network.Processes.Brokers[2].StopAsync(TimeSpan.FromSeconds(10));
        SupervisedProcess worker = network.Processes.Workers[0];
        await worker.StopAsync(TimeSpan.FromSeconds(30));
        JsonElement ready = await worker.StartAsync(CancellationToken.None);
        await network.OffersAsync(1);

        Assert.Equal([$"{network.Model}@sha256:{id}"], ready.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        Assert.Equal(first.Text, (await network.AskAsync("What is 23 + 58?", maxTokens: 24)).Text);
        Assert.Equal([2, 2, 1], place.Brokers.Select(broker => File.ReadAllLines(Path.Combine(broker.Folder, "releases.log")).Length));

        Assert.Empty(Found(network.Data.Path, [.. Secrets(place), .. Weights()], except: [Path.GetDirectoryName(place.KeyFile)!, .. place.Brokers.Select(broker => broker.Shares)]));

        // The search finds what is there: the key in the owner's folder, each share in its broker's.
        Assert.NotEmpty(Found(Path.GetDirectoryName(place.KeyFile)!, Secrets(place), except: []));
        Assert.All(place.Brokers, broker => Assert.NotEmpty(Found(broker.Shares, Secrets(place), except: [])));
        Assert.NotEmpty(Found(HouseModelFolder.Path(BuiltArtifacts.Find()), Weights(), except: []));
    }

    [Theory]
    [InlineData("--Simulated:Debug=true", "td.debug")]
    [InlineData("--Simulated:OtherImage=true", "image.rtmr")]
    [InlineData("--Simulated:Status=OutOfDate", "policy.status")]
    [InlineData("--Simulated:Status=SWHardeningNeeded", "policy.status")]
    public async Task Start_MachineThatIsNotGood_GetsNoKeyAndTheWorkerSaysWhy(string setting, string code)
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 3, setting);

        var (exitCode, words) = await model.WorkerFailsAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("0 good shares came, and 2 are needed", words, StringComparison.Ordinal);
        Assert.All(model.Place.Brokers, broker => Assert.Contains($"{broker.Url} {code}: ", words, StringComparison.Ordinal));
        Assert.Empty(model.Releases());
    }

    [Fact]
    public async Task Start_OneBrokerTooFew_TheWorkerNamesThoseThatAreMissing()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 1);

        var (exitCode, words) = await model.WorkerFailsAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("2 are needed", words, StringComparison.Ordinal);
        Assert.All(model.Place.Brokers.Skip(1), broker => Assert.Contains($"{broker.Url} broker.unreachable: ", words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_EncryptedFileChanged_TheWorkerNamesIt()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 3);
        string file = Directory.GetFiles(model.Place.Folder, "*.sealed")[0];
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var (exitCode, words) = await model.WorkerFailsAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"{Path.GetFileName(file)}: piece ", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PlainFileChanged_TheWorkerRefusesTheModel()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 3);
        await File.AppendAllTextAsync(Path.Combine(model.Place.Folder, "generation_config.json"), " ");

        var (exitCode, words) = await model.WorkerFailsAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("one that is not encrypted was changed", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Release_PlayedAgain_IsRefused()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 1);
        using var asker = new KeyAsker(model.Place.Brokers[0].Url, model.Issuer);
        using ShareFile share = ShareFile.Read(model.Place.Brokers[0].ShareFile);
        var request = await asker.AskAsync(share.ManifestHash, model.Image);

        Assert.Equal((200, (string?)null), await asker.SendAsync(request));
        Assert.Equal((403, "nonce.unknown"), await asker.SendAsync(request));

        // An old statement and quote with a new nonce.
        var next = await asker.AskAsync(share.ManifestHash, model.Image);
        Assert.Equal((403, "nonce.proof"), await asker.SendAsync(request with { Nonce = next.Nonce }));
        Assert.Single(model.Releases());
    }

    /// <summary>The bytes that must lie nowhere: the key and the shares, as they are and in the forms in which they are written.</summary>
    private static byte[][] Secrets(EncryptedPlace place)
    {
        byte[] key = Convert.FromHexString(File.ReadAllText(place.KeyFile).Trim());
        byte[][] shares = [.. place.Brokers.Select(broker =>
        {
            using ShareFile file = ShareFile.Read(broker.ShareFile);
            return file.Share.Value.ToArray();
        })];
        return [.. ((byte[][])[key, .. shares]).SelectMany(secret => (byte[][])
            [secret, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Convert.ToHexString(secret)), Encoding.ASCII.GetBytes(Convert.ToBase64String(secret))])];
    }

    /// <summary>Pieces of the plain weights.</summary>
    private static byte[][] Weights() => [.. Directory.GetFiles(HouseModelFolder.Path(BuiltArtifacts.Find()), "*.safetensors").SelectMany(file =>
    {
        byte[] bytes = File.ReadAllBytes(file);
        return Enumerable.Range(1, 8).Select(part => bytes.AsSpan((bytes.Length / 9 * part) - 24, 48).ToArray()).Where(piece => piece.Distinct().Count() > 8);
    })];

    private static List<string> Found(string folder, byte[][] wanted, string[] except)
    {
        var found = new List<string>();
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !except.Any(place => file.StartsWith(place + Path.DirectorySeparatorChar, StringComparison.Ordinal))))
        {
            if (new FileInfo(file).Length > 0)
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                byte[] bytes = new byte[stream.Length];
                int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                found.AddRange(wanted.Where(secret => bytes.AsSpan(0, length).IndexOf(secret) >= 0).Select(_ => file));
            }
        }

        return found;
    }
}
