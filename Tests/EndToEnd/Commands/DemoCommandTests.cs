using System.Globalization;
using System.Text.Json;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_Json_ShowsAnAccountedAnswerAndLeavesNothingBehind()
    {
        var (exitCode, output, error) = await Cocoon.RunAsync("demo", "--json");

        Assert.True(exitCode == 0, error);
        var result = Cocoon.Json(output);
        Assert.True(result.GetProperty("ok").GetBoolean());
        Assert.NotEqual("", result.GetProperty("answer").GetString());
        Assert.Equal("native", result.GetProperty("engine").GetString());
        Assert.Equal(64, result.GetProperty("modelSha256").GetString()!.Length);
        Assert.Equal(("client", "open", true), (result.GetProperty("sealer").GetString(), result.GetProperty("tier").GetString(), result.GetProperty("receiptVerified").GetBoolean()));
        Assert.Matches("^[0-9a-f]{64}$", result.GetProperty("statementHash").GetString()!);
        Assert.NotEqual(Guid.Empty, result.GetProperty("jobId").GetGuid());
        Assert.Equal(Nano(result, "balanceBeforeNano") - Nano(result, "balanceAfterNano"), Nano(result, "chargedNano"));
        Assert.InRange(Nano(result, "chargedNano"), 1, long.MaxValue);
        Assert.InRange(result.GetProperty("completionTokens").GetInt32(), 1, 64);
        Assert.Equal(
            [
                "the engine alone, in this process, says the same",
                "a real engine computed it",
                "it was sealed here, to the worker, whose receipt is valid: the gateway read nothing",
                "it cost something, and the balance fell by exactly that",
                "nothing is held any more",
                "all processes stopped by themselves",
                "the ledger's entries add up to both balances",
                "the job has one entry there, of exactly the charge",
                "every rule of the ledger holds",
            ],
            result.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.DoesNotContain("\\u00", output, StringComparison.Ordinal);

        var processes = result.GetProperty("processes");
        int[] ids = [processes.GetProperty("silo").GetInt32(), processes.GetProperty("gateway").GetInt32(), .. processes.GetProperty("workers").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(4, ids.Distinct().Count());
        Assert.DoesNotContain(ids, RunningProcesses.IsRunning);
    }

    private static long Nano(JsonElement result, string name) => long.Parse(result.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
