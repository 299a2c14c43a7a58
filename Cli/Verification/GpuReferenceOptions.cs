using System.CommandLine;
using CocoonOrleans.Attestation.Gpus.References;

namespace CocoonOrleans.Cli.Verification;

/// <summary>Which files hold NVIDIA's documents about GPUs.</summary>
internal sealed class GpuReferenceOptions
{
    private readonly Option<FileInfo[]> _manifests = Files("--rim", "NVIDIA's reference values of driver or VBIOS, a .swidtag file; give one for each.");
    private readonly Option<FileInfo[]> _answers = Files("--ocsp", "An answer of NVIDIA's OCSP responder, DER; give one for each certificate.");

    /// <summary>The options, to be added to a command.</summary>
    public IEnumerable<Option> All => [_manifests, _answers];

    /// <summary>Reads the files; null where none was named.</summary>
    public GpuReferences? Read(ParseResult result)
    {
        var (manifests, answers) = (result.GetValue(_manifests) ?? [], result.GetValue(_answers) ?? []);
        return manifests.Length + answers.Length == 0 ? null : new GpuReferences
        {
            Manifests = [.. manifests.Select(file => (ReadOnlyMemory<byte>)StoredFile.Read(file, ReferenceManifest.LargestBytes))],
            RevocationAnswers = [.. answers.Select(file => (ReadOnlyMemory<byte>)StoredFile.Read(file, ReferenceManifest.LargestBytes))],
        };
    }

    private static Option<FileInfo[]> Files(string name, string description)
    {
        var option = new Option<FileInfo[]>(name) { Description = description, HelpName = "file", Arity = ArgumentArity.OneOrMore };
        option.AcceptExistingOnly();
        return option;
    }
}
