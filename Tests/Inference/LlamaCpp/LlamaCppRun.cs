using System.Diagnostics;
using System.Text.Json;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>
/// llama.cpp itself, through npm's <c>node-llama-cpp</c>. Its prebuilt libraries are large, so the tests compare with recorded answers. They ask
/// llama.cpp again only where <c>COCOON_LLAMA_CPP</c> is set: to <c>check</c>, or to <c>record</c> to write the answers into the checkout.
/// </summary>
internal static class LlamaCppRun
{
    private const string Variable = "COCOON_LLAMA_CPP";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "LlamaCpp");
    private static readonly Lazy<string> Installed = new(Install);

    /// <summary>Where recorded answers stand in the checkout.</summary>
    public static string Goldens { get; } = Path.Combine(Checkout(), "Tests", "Inference", "LlamaCpp", "Goldens");

    public static bool Records => Environment.GetEnvironmentVariable(Variable) == "record";

    public static void SkipUnlessAsked() => Skip.If(
        Environment.GetEnvironmentVariable(Variable) is not ("check" or "record"),
        $"{Variable} is not set to check or record: llama.cpp is not asked again, its recorded answers hold");

    /// <summary>Runs evaluate.mjs and reads what it prints.</summary>
    public static T Ask<T>(params string[] arguments)
        => JsonSerializer.Deserialize<T>(Execute("node", [Path.Combine(Installed.Value, "evaluate.mjs"), .. arguments]), JsonSerializerOptions.Web)!;

    /// <summary>ggml's library of number formats.</summary>
    public static string GgmlLibrary
        => Path.Combine(Installed.Value, "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64", "libggml-base.so");

    private static string Install()
    {
        Execute("npm", ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]);
        return Folder;
    }

    private static string Execute(string tool, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{tool} failed; what it says of that stands above");
    }

    private static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CocoonOrleans.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run outside of the checkout.");
    }
}
