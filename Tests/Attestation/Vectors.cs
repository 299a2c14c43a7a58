using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;

namespace CocoonOrleans.Tests.Attestation;

/// <summary>Recordings of real hardware and Intel's documents: <c>../shared/vectors/tdx</c> beside the checkout. They are no part of the repository.</summary>
internal static class Vectors
{
    private static readonly string? Root = Find();

    /// <summary>Whether they are there. Without them theories have one case, which is skipped.</summary>
    public static bool AreThere => Root is not null;

    public static byte[] Bytes(string name)
    {
        Require();
        return File.ReadAllBytes(Path.Combine(Root!, name));
    }

    public static string Text(string name)
    {
        Require();
        return File.ReadAllText(Path.Combine(Root!, name));
    }

    public static byte[] Quote(string name) => Bytes($"quotes/{name}.bin");

    public static Collateral Collateral(string name) => ReadCollateral(Bytes($"collateral/{name}.json"));

    public static Collateral ReadCollateral(ReadOnlyMemory<byte> json)
    {
        Assert.True(CocoonOrleans.Attestation.Collaterals.Collateral.TryParse(json, out var collateral, out var refusal), refusal?.ToString());
        return collateral!;
    }

    /// <summary>The objects of a list in JSON; one undefined element where the vectors are absent.</summary>
    public static IEnumerable<JsonElement> Cases(string name)
    {
        if (Root is null)
        {
            return [default];
        }

        using var document = JsonDocument.Parse(Text(name));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    public static void Require() =>
        Skip.If(Root is null, "shared/vectors/tdx is not beside this checkout: no real quote was verified");

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "vectors", "tdx");
            if (File.Exists(Path.Combine(candidate, "manifest.json")))
            {
                return candidate;
            }
        }

        return null;
    }
}
