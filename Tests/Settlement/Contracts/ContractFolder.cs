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
        // Half a minute of one core for the slowest file; the machine may have other work.
        Limit = TimeSpan.FromMinutes(10),
    };

    /// <summary>Runs a file of tests once, and gives what became of each.</summary>
    public static async Task<Report> RunAsync(string file)
    {
        await Npm.RequireAsync();
        return await Reports.GetOrAdd(file, _ => new Lazy<Task<Report>>(() => ExecuteAsync(file))).Value;
    }

    private static async Task<Report> ExecuteAsync(string file)
    {
        await Turn.WaitAsync();
        try
        {
            var (exitCode, output, error) = await Npm.ExecuteAsync("node", "--test-reporter=tap", $"test/{file}");
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
