using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Registries;
using Spectre.Console;

namespace CocoonOrleans.Cli.Registry;

/// <summary>Papers on the disk.</summary>
internal static class PaperFile
{
    /// <summary>Reads one.</summary>
    /// <exception cref="CommandFailedException">It is none.</exception>
    public static RegistryPaper Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Math.Min(file.Length, RegistryPaper.MaxBytes + 1)];
            file.ReadExactly(bytes);
            return RegistryPaper.Parse(bytes);
        }
        catch (Exception wrong) when (wrong is TonFormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{path}: {wrong.Message}", "Name a file that ./cocoon registry propose or veto wrote.", innerException: wrong);
        }
    }

    /// <summary>Reads copies of one paper, and puts their signatures together.</summary>
    /// <exception cref="CommandFailedException">They are none, or of different papers.</exception>
    public static RegistryPaper ReadAll(IReadOnlyList<string> paths)
    {
        var paper = Read(paths[0]);
        foreach (var path in paths.Skip(1))
        {
            try
            {
                paper = paper.Merge(Read(path));
            }
            catch (TonFormatException other)
            {
                throw new CommandFailedException($"{path}: {other.Message}", "Name copies of one file only, each with the signatures of some owners.", innerException: other);
            }
        }

        return paper;
    }

    /// <summary>Writes a new one.</summary>
    /// <exception cref="CommandFailedException">The file is there already.</exception>
    public static void Create(string path, RegistryPaper paper)
    {
        if (File.Exists(path))
        {
            throw new CommandFailedException($"{path} is there already.", "Name a new file with --out: signatures may be in the old one.");
        }

        Write(path, paper);
    }

    /// <summary>Writes one, in place of what was there, whole or not at all.</summary>
    public static void Write(string path, RegistryPaper paper)
    {
        var fresh = $"{path}.new";
        File.WriteAllBytes(fresh, paper.Write());
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Shows one, and says what to do with it next.</summary>
    public static int Show(string path, RegistryPaper paper, CommandOutput output)
    {
        var console = output.Console;
        console.MarkupLineInterpolated($"{(paper.Proposal is null ? "veto" : "proposal")}  {paper.Number}: {RegistryTexts.Change(paper)}");
        console.MarkupLineInterpolated($"registry  {paper.Registry} on {NetworkOption.Name(paper.Network)}");
        console.MarkupLineInterpolated($"hash      {paper.Cell.Hash}");
        console.MarkupLineInterpolated($"until     {RegistryTexts.Time(paper.ValidUntil):u}");
        console.MarkupLineInterpolated($"signed    {paper.Signatures.Count} of {paper.Needed} needed, by owners {(paper.Signatures.Count == 0 ? "none" : string.Join(", ", paper.Signatures.Keys.Order()))}");
        console.MarkupLineInterpolated(
            paper.Signatures.Count >= paper.Needed
                ? (FormattableString)$"Bring it to the chain with ./cocoon registry send {path}"
                : $"Each owner signs it, or a copy, with ./cocoon registry sign {path}");
        output.Result(
            new RegistryPaperResult(
                path, paper.Proposal is null ? "veto" : "proposal", RegistryTexts.Change(paper), paper.Registry.ToString(), paper.Number, paper.Cell.Hash.ToString(),
                RegistryTexts.Time(paper.ValidUntil), paper.Needed, [.. paper.Signatures.Keys.Order().Select(number => (int)number)]),
            CommandJson.Default.RegistryPaperResult);
        return ExitCode.Success;
    }
}
