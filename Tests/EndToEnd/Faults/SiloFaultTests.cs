using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Commands;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

/// <summary>Three silos on PostgreSQL under load, of which one is killed and one stands still for ten seconds.</summary>
public sealed class SiloFaultTests
{
    /// <summary>The command itself fails where an answer is neither whole nor a typed error, where the book breaks a rule, or where a hold stays open.</summary>
    [SkippableFact, Trait(LongRun.Trait, LongRun.Category)]
    public async Task Silos_KilledAndStopped_AnswersAreWholeOrTypedAndTheBookHolds()
    {
        Skip.IfNot(LongRun.IsOn, "NOT TESTED: a minute and a half; ./cocoon test --long asks for it.");
        Skip.If(!Directory.Exists("/usr/lib/postgresql"), "NOT TESTED: PostgreSQL is not installed.");

        var result = await Cocoon.RunAsync("bench", "cluster", "--pairs", "1", "--faults", "1", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        var ratios = JsonElement.Parse(result.Output).GetProperty("ratios").EnumerateArray().Select(ratio => ratio.GetProperty("name").GetString()!).ToArray();
        Assert.Contains(ratios, name => name.StartsWith("a silo killed: requests that failed", StringComparison.Ordinal));
        Assert.Contains(ratios, name => name.StartsWith("a silo stopped", StringComparison.Ordinal));
    }
}
