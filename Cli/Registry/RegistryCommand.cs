using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Spectre.Console;

namespace CocoonOrleans.Cli.Registry;

/// <summary><c>cocoon registry</c>: what the owners of a network fix on the chain, for everyone to read. Owners sign files without a network; anyone brings them to the chain.</summary>
internal static class RegistryCommand
{
    public static Command Create() => new("registry", "Read and change what a network's owners fix on the chain: images, models, gateways, parameters.")
    {
        Show(),
        Deploy(),
        ProposeCommand.Create(),
        Sign(),
        Send(),
        Apply(),
        Veto(),
    };

    private static Command Show()
    {
        var target = new RegistryTarget();
        var command = new Command("show", "Show a registry, and what waits to change it.");
        target.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var registry = await target.ReadAsync(result, cancellationToken);
            Show(registry, output);
            return ExitCode.Success;
        });
    }

    private static Command Deploy()
    {
        var words = new RegistryWords();
        var key = Wallet();
        var chainOption = ChainAddresses.Create();
        var command = new Command("deploy", "Make a registry. It has no entries yet: propose them.") { chainOption };
        words.AddOwnersTo(command);
        words.AddParametersTo(command);
        key.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var init = RegistryState.FirstInit(words.Owners(result), words.Delay(result), words.Parameters(result));
            var address = init.AddressIn();
            var (sent, registry) = await BringAsync(result, key, chainOption, network: null, async (chain, wallet) =>
            {
                var account = await chain.GetAccountAsync(address, Nano.Zero, cancellationToken);
                return account.Status == AccountStatus.Active
                    ? null
                    : await wallet.SendAsync(new OutgoingMessage(address, RegistryMessages.DeployValue, Cell.Empty, Bounce: false, Init: init), cancellationToken);
            }, address, cancellationToken);
            output.Console.MarkupLineInterpolated($"{(sent is null ? "It was there already" : "The registry is there")}: {address}");
            output.Console.MarkupLineInterpolated($"Propose what it is to hold: ./cocoon registry propose --help");
            return Report(registry, "deployed", sent, null, null, output);
        });
    }

    private static Command Sign()
    {
        var file = new Argument<string>("file") { Description = "The proposal or veto." };
        var write = new Option<string?>("--out") { Description = "Where to write it with the signature; by default in place.", HelpName = "file" };
        var key = new KeyOptions(KeyPurpose.Owner, "The owner's key");
        var command = new Command("sign", "Show a proposal or veto, and sign it as an owner. No network is needed.") { file, write };
        key.AddTo(command);
        return command.Runs((result, output, _) =>
        {
            var path = Path.GetFullPath(result.GetRequiredValue(file));
            var paper = PaperFile.Read(path);
            var (signing, network) = key.Open(result);
            using var owned = signing;
            if (network != paper.Network)
            {
                throw new CommandFailedException(
                    $"The key is for {NetworkOption.Name(network)}, and this is for {NetworkOption.Name(paper.Network)}.", "Sign with the owner's key of that network.");
            }

            try
            {
                paper = paper.Sign(signing);
            }
            catch (TonFormatException stranger)
            {
                throw new CommandFailedException(stranger.Message, "Name the key of one of the owners that ./cocoon registry show lists.", innerException: stranger);
            }

            if (result.GetValue(write) is { } other)
            {
                path = Path.GetFullPath(other);
                PaperFile.Create(path, paper);
            }
            else
            {
                PaperFile.Write(path, paper);
            }

            return Task.FromResult(PaperFile.Show(path, paper, output));
        });
    }

    private static Command Send()
    {
        var (files, key, chainOption) = (Files("The signed proposal or veto, or several copies of it, each with some signatures."), Wallet(), ChainAddresses.Create());
        var command = new Command("send", "Bring a signed proposal or veto to the chain. Anyone may.") { files, chainOption };
        key.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var paper = PaperFile.ReadAll(result.GetRequiredValue(files));
            var (sent, registry) = await BringAsync(result, key, chainOption, paper.Network, async (chain, wallet) =>
            {
                var before = await RegistryTarget.ReadAsync(chain, paper.Registry, cancellationToken);
                return IsThere(paper, before.State)
                    ? null
                    : await wallet.SendAsync(Call(paper, Checked(paper, before).ToMessage(QueryId())), cancellationToken);
            }, paper.Registry, cancellationToken);
            if (paper.Proposal is null)
            {
                output.Console.MarkupLineInterpolated($"Proposal {paper.Number} is stopped.");
                return Report(registry, "stopped", sent, paper.Number, null, output);
            }

            if (registry.State.Pending.TryGetValue(paper.Number, out var waiting))
            {
                output.Console.MarkupLineInterpolated($"Proposal {paper.Number} waits until {RegistryTexts.Time(waiting.UnlockTime):u}. Then, for 30 days: ./cocoon registry apply {result.GetRequiredValue(files)[0]}");
                return Report(registry, "waits", sent, paper.Number, waiting.UnlockTime, output);
            }

            output.Console.MarkupLineInterpolated($"Proposal {paper.Number} is applied: the registry has version {registry.State.Version}.");
            return Report(registry, "applied", sent, paper.Number, null, output);
        });
    }

    private static Command Apply()
    {
        var (files, key, chainOption) = (Files("The proposal."), Wallet(), ChainAddresses.Create());
        var command = new Command("apply", "Apply a proposal whose time lock has passed. Anyone may.") { files, chainOption };
        key.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var paper = PaperFile.ReadAll(result.GetRequiredValue(files));
            var proposal = paper.Proposal ?? throw new CommandFailedException("A veto is not applied.", "It works when it is sent: ./cocoon registry send FILE");
            var (sent, registry) = await BringAsync(result, key, chainOption, paper.Network, async (chain, wallet) =>
            {
                var before = await RegistryTarget.ReadAsync(chain, paper.Registry, cancellationToken);
                if (!before.State.Pending.TryGetValue(paper.Number, out var waiting) || waiting.Hash != paper.Cell.Hash)
                {
                    throw new CommandFailedException(
                        $"Proposal {paper.Number} does not wait: it was applied, stopped, voided by a removal, or never sent.", "See ./cocoon registry show; ./cocoon registry send FILE brings one that was not sent.");
                }

                return before.Time > waiting.UnlockTime
                    ? await wallet.SendAsync(Call(paper, RegistryMessages.Apply(QueryId(), proposal)), cancellationToken)
                    : throw new CommandFailedException($"Proposal {paper.Number} waits until {RegistryTexts.Time(waiting.UnlockTime):u}; the chain's clock says {RegistryTexts.Time(before.Time):u}.", "Run this again then.");
            }, paper.Registry, cancellationToken);
            output.Console.MarkupLineInterpolated($"Proposal {paper.Number} is applied: the registry has version {registry.State.Version}.");
            return Report(registry, "applied", sent, paper.Number, null, output);
        });
    }

    private static Command Veto()
    {
        var target = new RegistryTarget();
        var number = new Argument<uint>("number") { Description = "The number of the proposal that waits." };
        var (file, life) = (ProposeCommand.Out(), ProposeCommand.Life());
        var command = new Command("veto", "Write a veto of a proposal that waits. Owners sign it, then it is sent: ./cocoon registry sign, send.") { number, file, life };
        target.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var registry = await target.ReadAsync(result, cancellationToken);
            if (!registry.State.Pending.ContainsKey(result.GetValue(number)))
            {
                throw new CommandFailedException($"No proposal {result.GetValue(number)} waits.", "See ./cocoon registry show.");
            }

            var veto = new RegistryVeto(registry.Network, registry.Address, result.GetValue(number), ProposeCommand.Ends(registry, result.GetValue(life)));
            var paper = RegistryPaper.Of(veto, registry.State.Owners);
            var path = Path.GetFullPath(result.GetRequiredValue(file));
            PaperFile.Create(path, paper);
            return PaperFile.Show(path, paper, output);
        });
    }

    private static KeyOptions Wallet() => new(KeyPurpose.Wallet, "The wallet that pays for gas; any will do");

    private static Argument<string[]> Files(string description) => new("file") { Description = description, Arity = ArgumentArity.OneOrMore };

    private static OutgoingMessage Call(RegistryPaper paper, Cell body) => new(paper.Registry, RegistryMessages.CallGas, body);

    private static ulong QueryId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Whether an earlier run brought it: a paper may be sent as often as one likes.</summary>
    private static bool IsThere(RegistryPaper paper, RegistryState state) =>
        paper.Proposal is not null && state.Pending.TryGetValue(paper.Number, out var waiting) && waiting.Hash == paper.Cell.Hash;

    /// <summary>What the registry would refuse is not sent.</summary>
    private static RegistryPaper Checked(RegistryPaper paper, RegistrySnapshot registry)
    {
        if (paper.Owners.ToCell().Hash != registry.State.Owners.ToCell().Hash)
        {
            throw new CommandFailedException("The registry has other owners than when this was written.", "Write it again, and let the owners of now sign it.");
        }

        if (paper.Signatures.Count < paper.Needed)
        {
            throw new CommandFailedException(
                string.Create(CultureInfo.InvariantCulture, $"{paper.Signatures.Count} of {paper.Needed} owners have signed."), "Let others sign with ./cocoon registry sign FILE, or name their copies too.");
        }

        if (registry.Time > paper.ValidUntil)
        {
            throw new CommandFailedException($"It could be brought until {RegistryTexts.Time(paper.ValidUntil):u}.", "Write it again, and let the owners sign that.");
        }

        if (paper.Proposal is null && !registry.State.Pending.ContainsKey(paper.Number))
        {
            throw new CommandFailedException($"No proposal {paper.Number} waits: there is nothing to stop.", "See ./cocoon registry show.");
        }

        return paper.Proposal is null || paper.Number == registry.State.Next
            ? paper
            : throw new CommandFailedException(
                $"The proposal has number {paper.Number}, and the registry's next one is {registry.State.Next}: it was sent before, or another was.", "See ./cocoon registry show; where another was sent, write this one again.");
    }

    private static async Task<(Transaction? Sent, RegistrySnapshot Registry)> BringAsync(
        ParseResult result,
        KeyOptions key,
        Option<Uri[]> chainOption,
        int? network,
        Func<TonChain, RegistryWallet, Task<Transaction?>> bring,
        TonAddress address,
        CancellationToken cancellationToken)
    {
        var (signing, keyNetwork) = key.Open(result);
        using var owned = signing;
        if (network is { } needed && needed != keyNetwork)
        {
            throw new CommandFailedException(
                $"The wallet's key is for {NetworkOption.Name(keyNetwork)}, and this is for {NetworkOption.Name(needed)}.", "Name a wallet's key of that network.");
        }

        using var chain = await ChainAddresses.OpenAsync(keyNetwork, result.GetRequiredValue(chainOption), cancellationToken);
        try
        {
            var sent = await bring(chain, new RegistryWallet(chain, signing));
            return (sent, await RegistryTarget.ReadAsync(chain, address, cancellationToken));
        }
        catch (ChainException away)
        {
            throw ChainAddresses.Failed(away);
        }
    }

    private static int Report(RegistrySnapshot registry, string done, Transaction? sent, uint? number, uint? from, CommandOutput output)
    {
        output.Result(
            new RegistrySentResult(registry.Address.ToString(), done, sent?.Hash.ToString(), number, registry.State.Version, from is { } time ? RegistryTexts.Time(time) : null),
            CommandJson.Default.RegistrySentResult);
        return ExitCode.Success;
    }

    private static void Show(RegistrySnapshot registry, CommandOutput output)
    {
        var (console, state) = (output.Console, registry.State);
        RegistryParameters? parameters = null;
        try
        {
            parameters = RegistryParameters.Read(state.Parameters);
        }
        catch (TonFormatException)
        {
            // A later layout: said below.
        }

        console.MarkupLineInterpolated($"registry    {registry.Address} on {NetworkOption.Name(registry.Network)}, at block {registry.Seqno}");
        console.MarkupLineInterpolated($"version     {state.Version}; the next proposal has number {state.Next}");
        console.MarkupLineInterpolated($"owners      {state.Owners.Needed} of {state.Owners.Keys.Count} decide, {state.Owners.NeededForVeto} stop; time lock {TimeSpan.FromSeconds(state.Delay)}");
        foreach (var (number, key) in state.Owners.Keys.OrderBy(owner => owner.Key))
        {
            console.MarkupLineInterpolated($"  {number,2}  {key}");
        }

        console.MarkupLineInterpolated($"parameters  {(parameters is null ? "in a layout that this program doesn't know" : RegistryTexts.Parameters(parameters))}");
        if (state.Successor is { } successor)
        {
            console.MarkupLineInterpolated($"[yellow]It is followed by[/] {successor}: use that one.");
        }

        List(console, "image", registry.Images, RegistryTexts.Image);
        List(console, "model", registry.Models, model => model.Name);
        List(console, "gateway", registry.Gateways, gateway => $"{gateway.Address} until {RegistryTexts.Time(gateway.ValidUntil):u}");
        foreach (var entry in registry.Unreadable)
        {
            console.MarkupLineInterpolated($"[red]unreadable[/]  {entry.Kind.ToString().ToLowerInvariant()} {entry.Key}: {entry.Reason}; it allows nothing");
        }

        RegistryWaitingResult[] waiting =
        [
            .. state.Pending.OrderBy(proposal => proposal.Key).Select(proposal => new RegistryWaitingResult(
                proposal.Key, proposal.Value.Hash.ToString(), RegistryTexts.Time(proposal.Value.UnlockTime), RegistryTexts.Time(proposal.Value.UnlockTime) + RegistryState.Grace)),
        ];
        foreach (var proposal in waiting)
        {
            console.MarkupLineInterpolated($"[yellow]waiting[/]     proposal {proposal.Number} ({proposal.Hash}) works from {proposal.From:u} to {proposal.Until:u}; ./cocoon registry veto {proposal.Number} stops it");
        }

        output.Result(
            new RegistryShowResult(
                registry.Address.ToString(), registry.Network, registry.Seqno, state.Version, state.Next, state.Delay, state.Successor?.ToString(), state.Owners.Needed, state.Owners.NeededForVeto,
                state.Owners.Keys.OrderBy(owner => owner.Key).ToDictionary(owner => owner.Key.ToString(CultureInfo.InvariantCulture), owner => owner.Value.ToString()),
                parameters is null
                    ? null
                    : new RegistryParametersResult(
                        parameters.ChannelCodeHash.ToString(), parameters.LeastCloseDelay, parameters.MostCloseDelay, parameters.MostCommissionPerMillion, parameters.LeastTopUp.ToString()),
                [.. registry.Images.OrderBy(Key).Select(entry => new RegistryImageResult(entry.Key.ToString(), entry.Value.Role, RegistryTexts.Time(entry.Value.ValidFrom), RegistryTexts.Time(entry.Value.ValidUntil), entry.Value.Note))],
                [.. registry.Models.OrderBy(Key).Select(entry => new RegistryModelResult(entry.Key.ToString(), entry.Value.Name))],
                [.. registry.Gateways.OrderBy(Key).Select(entry => new RegistryGatewayResult(entry.Key.ToString(), entry.Value.Address, RegistryTexts.Time(entry.Value.ValidUntil)))],
                [.. registry.Unreadable.Select(entry => new RegistryUnreadableResult(entry.Kind.ToString().ToLowerInvariant(), entry.Key.ToString(), entry.Reason))],
                waiting),
            CommandJson.Default.RegistryShowResult);
    }

    private static void List<T>(IAnsiConsole console, string kind, IReadOnlyDictionary<Bits256, T> entries, Func<T, string> text)
    {
        foreach (var entry in entries.OrderBy(Key))
        {
            console.MarkupLineInterpolated($"{kind,-10}  {entry.Key} {new string([.. text(entry.Value).Where(character => !char.IsControl(character))])}");
        }
    }

    private static string Key<T>(KeyValuePair<Bits256, T> entry) => entry.Key.ToString();
}
