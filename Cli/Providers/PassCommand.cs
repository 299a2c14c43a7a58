using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker pass</c>: a provider says that a worker is its own.</summary>
internal static class PassCommand
{
    public static Command Create()
    {
        var worker = new Argument<string>("worker") { Description = "The worker's id, 64 hexadecimal digits, or its data folder on this machine, where its key is made if there is none." };
        var keys = new ProviderKeyOptions();
        var command = new Command("pass", "Make the two settings with which a worker earns for you, and for nobody else. They are no secret.") { worker };
        keys.AddTo(command);
        return command.Runs((result, output, _) => Task.FromResult(Make(result.GetRequiredValue(worker), keys, result, output)));
    }

    private static int Make(string worker, ProviderKeyOptions keys, ParseResult result, CommandOutput output)
    {
        var id = IdOf(worker);
        var (key, _) = keys.Open(result);
        using var owned = key;
        var provider = ProviderId.Of(key.PublicKey);
        var pass = new WorkerPass(Bits256.Parse(id, "worker")).Sign(key);
        output.Text.WriteLine($"Settings of worker {id}:");
        output.Text.WriteLine($"--Worker:ProviderId={provider}");
        output.Text.WriteLine($"--Worker:ProviderPass={pass}");
        output.Result(new WorkerPassResult(provider, id, pass), CommandJson.Default.WorkerPassResult);
        return ExitCode.Success;
    }

    private static string IdOf(string worker)
    {
        try
        {
            return Bits256.Parse(worker, "worker").ToString();
        }
        catch (TonFormatException) when (Directory.Exists(worker))
        {
            using var identity = TunnelIdentity.LoadOrCreate(Path.Combine(worker, "identity"), TimeProvider.System);
            return identity.Id;
        }
        catch (TonFormatException)
        {
            throw new CommandFailedException($"{worker} is neither a worker's id nor a folder.", "A worker says its id when it starts; or name its data folder.");
        }
    }
}
