using System.Buffers.Binary;
using System.CommandLine;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Vouchers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Registry;

/// <summary><c>cocoon registry propose</c>: writes a proposal that owners then sign.</summary>
internal static class ProposeCommand
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    public static Command Create() => new("propose", "Write a proposal that owners then sign. What adds waits for the time lock; what removes works at once.")
    {
        PutImage(),
        Remove("remove-image", "Revoke an image.", "The image's id.", RegistryChangeKind.RemoveImage, state => state.Images),
        PutModel(),
        Remove("remove-model", "Take a model off.", "The hash of its manifest.", RegistryChangeKind.RemoveModel, state => state.Models),
        PutGateway(),
        Remove("remove-gateway", "Take a gateway off.", "SHA-256 of its attested key.", RegistryChangeKind.RemoveGateway, state => state.Gateways),
        Parameters(),
        Owners(),
        Successor(),
    };

    private static Command PutImage()
    {
        var id = RegistryWords.Hash("id", "The image's id: SHA-256 of its manifest.");
        var note = new Option<string>("--note") { Description = "What it is, for people.", Required = true };
        var role = new Option<string>("--role") { Description = "What it may be.", DefaultValueFactory = _ => "worker" };
        var (from, until) = (Time("--from", "From when it is allowed; by default now."), Time("--until", "Until when it is allowed; by default for ever."));
        role.AcceptOnlyFromAmong("worker", "gateway", "broker");
        return Writes(new Command("put-image", "Allow an image.") { id, note, role, from, until }, RegistryChangeKind.PutImage, (result, _, now) => (
            result.GetValue(id),
            new RegistryImage(
                result.GetValue(role) switch { "gateway" => (byte)2, "broker" => (byte)3, _ => RegistryImage.WorkerRole },
                result.GetValue(from) is { } start ? Seconds(start) : now,
                result.GetValue(until) is { } end ? Seconds(end) : uint.MaxValue,
                Text(result.GetRequiredValue(note), "--note")).ToCell()));
    }

    private static Command PutModel()
    {
        var hash = RegistryWords.Hash("hash", "The hash of its manifest: ./cocoon model hash.");
        var name = new Option<string>("--name") { Description = "The name that clients ask for.", Required = true };
        return Writes(new Command("put-model", "List a model.") { hash, name }, RegistryChangeKind.PutModel, (result, _, _) =>
            (result.GetValue(hash), new RegistryModel(Text(result.GetRequiredValue(name), "--name")).ToCell()));
    }

    private static Command PutGateway()
    {
        var hash = RegistryWords.Hash("hash", "SHA-256 of its attested key.");
        var address = new Option<string>("--address") { Description = "Where it is reached.", Required = true };
        var until = Time("--until", "Until when it is listed; by default for ever.");
        return Writes(new Command("put-gateway", "List a gateway.") { hash, address, until }, RegistryChangeKind.PutGateway, (result, _, _) =>
            (result.GetValue(hash), new RegistryGateway(result.GetValue(until) is { } end ? Seconds(end) : uint.MaxValue, Text(result.GetRequiredValue(address), "--address")).ToCell()));
    }

    private static Command Remove(string name, string description, string argument, RegistryChangeKind kind, Func<RegistryState, IReadOnlyDictionary<Bits256, Cell>> entries)
    {
        var key = RegistryWords.Hash("key", argument);
        return Writes(new Command(name, $"{description} It works at once, and voids all that waits.") { key }, kind, (result, registry, _) =>
            entries(registry.State).ContainsKey(result.GetValue(key))
                ? (result.GetValue(key), null)
                : throw new CommandFailedException($"The registry has no entry {result.GetValue(key)}.", "See ./cocoon registry show."));
    }

    private static Command Parameters()
    {
        var words = new RegistryWords();
        var command = new Command("parameters", "Set the parameters, all of them.");
        words.AddParametersTo(command);
        return Writes(command, RegistryChangeKind.SetParameters, (result, _, _) => (default, words.Parameters(result).ToCell()));
    }

    private static Command Owners()
    {
        var words = new RegistryWords();
        var command = new Command("owners", "Set the owners and the time lock. When it is applied, all else that waits is void.");
        words.AddOwnersTo(command);
        return Writes(command, RegistryChangeKind.SetOwners, (result, _, _) =>
        {
            Span<byte> delay = stackalloc byte[Bits256.Length];
            delay.Clear();
            BinaryPrimitives.WriteUInt32BigEndian(delay[^sizeof(uint)..], words.Delay(result));
            return (new Bits256(delay), words.Owners(result).ToCell());
        });
    }

    private static Command Successor()
    {
        var address = new Argument<string>("address") { Description = "The registry that follows." };
        return Writes(new Command("successor", "Name the registry that follows this one.") { address }, RegistryChangeKind.SetSuccessor, (result, registry, _) =>
            (default, new CellBuilder().StoreAddress(RegistryTarget.Parse(result.GetRequiredValue(address), registry.Network, "address")).Build()));
    }

    private static Command Writes(Command command, RegistryChangeKind kind, Func<ParseResult, RegistrySnapshot, uint, (Bits256 Key, Cell? Value)> content)
    {
        var target = new RegistryTarget();
        var (file, life) = (Out(), Life());
        target.AddTo(command);
        command.Add(file);
        command.Add(life);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var registry = await target.ReadAsync(result, cancellationToken);
            var (key, value) = content(result, registry, registry.Time);
            var proposal = new RegistryProposal(registry.Network, registry.Address, registry.State.Next, Ends(registry, result.GetValue(life)), kind, key, value);
            var paper = RegistryPaper.Of(proposal, registry.State.Owners);
            var path = Path.GetFullPath(result.GetRequiredValue(file));
            PaperFile.Create(path, paper);
            if (kind == RegistryChangeKind.RemoveModel && registry.State.Models.Count == 1)
            {
                output.Console.MarkupLine("[yellow]It is the last model:[/] a registry that lists none leaves models alone, and then any may be served.");
            }

            return PaperFile.Show(path, paper, output);
        });
    }

    /// <summary>The option for the file that is written.</summary>
    public static Option<string> Out() => new("--out") { Description = "The file to write. It must not exist.", HelpName = "file", Required = true };

    /// <summary>The option for how long the paper may be brought.</summary>
    public static Option<TimeSpan> Life()
    {
        var life = new Option<TimeSpan>("--valid-for") { Description = "How long it may be brought; by default a week.", HelpName = "time", DefaultValueFactory = _ => DefaultLife };
        life.Validators.Add(result =>
        {
            if (result.GetValue(life) is var value && (value < TimeSpan.FromMinutes(1) || value > LongestLife))
            {
                result.AddError("--valid-for must be 00:01:00 to 90.00:00:00.");
            }
        });
        return life;
    }

    /// <summary>When a paper ends, by the chain's clock.</summary>
    public static uint Ends(RegistrySnapshot registry, TimeSpan life) => registry.Time + (uint)life.TotalSeconds;

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name) { Description = description, HelpName = "time" };

    private static uint Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds() is var seconds and >= 0 and <= uint.MaxValue
        ? (uint)seconds
        : throw new CommandFailedException($"{time:u} is no time of the chain.", "Times run from 1970 to 2106.");

    private static string Text(string text, string option) => System.Text.Encoding.UTF8.GetByteCount(text) is > 0 and <= 256
        ? text
        : throw new CommandFailedException($"{option} must have 1 to 256 bytes.", "Shorten it.");
}
