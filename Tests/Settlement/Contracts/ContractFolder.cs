using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace CocoonOrleans.Tests.Settlement.Contracts;

/// <summary>The contracts' folder beside the tests, with its compiler and the real TVM.</summary>
internal static partial class ContractFolder
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Report>>> Reports = new();

    /// <summary>One at a time: each holds a TVM in memory.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    public static NpmFolder Npm { get; } = new("the contracts' compiler and the TVM", "contracts")
    {
        // Half a minute of one core for the slowest file, minutes for the long form; the machine may have other work.
        Limit = TimeSpan.FromMinutes(LongRun.IsOn ? 30 : 10),
    };

    /// <summary>Runs a file of tests once, and gives what became of each.</summary>
    /// <param name="file">The file.</param>
    /// <param name="arguments">For files of random play: the number of steps and the seed.</param>
    public static async Task<Report> RunAsync(string file, params string[] arguments)
    {
        await Npm.RequireAsync();
        return await Reports.GetOrAdd(string.Join(' ', [file, .. arguments]), _ => new Lazy<Task<Report>>(() => ExecuteAsync(file, arguments))).Value;
    }

    private static async Task<Report> ExecuteAsync(string file, string[] arguments)
    {
        await Turn.WaitAsync();
        try
        {
            var (exitCode, output, error) = await Npm.ExecuteAsync("node", ["--test-reporter=tap", $"test/{file}", .. arguments]);
            return new Report(
                exitCode,
                Lines().Matches(output).ToDictionary(line => line.Groups["name"].Value, line => line.Groups["not"].Length == 0),
                output + error);
        }
        finally
        {
            Turn.Release();
        }
    }

    [GeneratedRegex(@"^(?<not>not )?ok \d+ - (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Lines();

    /// <param name="ExitCode">Of Node.</param>
    /// <param name="Passed">Whether each test passed, by its name.</param>
    /// <param name="Output">For whoever reads why one failed.</param>
    internal sealed record Report(int ExitCode, Dictionary<string, bool> Passed, string Output);
}
