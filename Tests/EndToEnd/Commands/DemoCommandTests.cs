using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

public sealed class DemoCommandTests
{
    private static readonly NpmFolder Contracts = new("the development chain", BuiltArtifacts.Find().Root, "contracts");

    [SkippableFact]
    public async Task Demo_Json_ShowsAnAccountedAnswerPaidOnTheChainAndLeavesNothingBehind()
    {
        await Contracts.RequireAsync();
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
                "the job earned its provider all that the ledger says it has",
                "the operator's voucher promises exactly that, for this channel",
                "the contract has paid exactly that, and the books owe nothing more",
                "the provider's address has it on the chain, to the nano, less the fee of the way",
                "the ledger's entries add up to both balances",
                "the job has one entry there, of exactly the charge",
                "every rule of the ledger holds",
            ],
            result.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.DoesNotContain("\\u00", output, StringComparison.Ordinal);

        Assert.Matches("^0:[0-9a-f]{64}$", result.GetProperty("channel").GetString()!);
        Assert.Matches("^0:[0-9a-f]{64}$", result.GetProperty("payoutAddress").GetString()!);
        Assert.Matches("^[0-9a-f]{64}$", result.GetProperty("payoutTx").GetString()!);
        Assert.InRange(result.GetProperty("voucher").GetProperty("serial").GetInt64(), 1, 2);
        Assert.Equal(Nano(result, "earnedNano"), Nano(result.GetProperty("voucher"), "cumulativeNano"));
        Assert.InRange(Nano(result, "earnedNano"), Nano(result, "chargedNano") * 9 / 10, Nano(result, "chargedNano"));
        Assert.Equal(Nano(result, "earnedNano"), Nano(result, "onChainNano") + Nano(result, "feeNano"));
        Assert.Equal(400_000, Nano(result, "feeNano"));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("notSettled").ValueKind);
        Assert.Equal((false, JsonValueKind.Null), (result.GetProperty("encryptedModel").GetBoolean(), result.GetProperty("encryption").ValueKind));

        var processes = result.GetProperty("processes");
        int[] ids = [processes.GetProperty("silo").GetInt32(), processes.GetProperty("gateway").GetInt32(), processes.GetProperty("chain").GetInt32(), .. processes.GetProperty("workers").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(5, ids.Distinct().Count());
        Assert.DoesNotContain(ids, RunningProcesses.IsRunning);
    }

    [Fact]
    public async Task Demo_EncryptedModelAndNoNode_ReleasesTheKeyToWorkersAndGoesOnWithPlayMoney()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, error) = await Cocoon.RunAsync(("PATH", folder.Path), "demo", "--encrypted-model", "--json");

        Assert.True(exitCode == 0, error);
        Assert.Contains("PLAY MONEY", error, StringComparison.Ordinal);
        var result = Cocoon.Json(output);
        Assert.True(result.GetProperty("ok").GetBoolean());
        Assert.Contains("SIMULATED", error, StringComparison.Ordinal);
        Assert.True(result.GetProperty("encryptedModel").GetBoolean());
        var encryption = result.GetProperty("encryption");
        Assert.Matches("^[0-9a-f]{64}$", encryption.GetProperty("keyId").GetString()!);
        Assert.Equal((3, 2, 6, "simulated"), (encryption.GetProperty("brokers").GetInt32(), encryption.GetProperty("threshold").GetInt32(), encryption.GetProperty("releases").GetInt32(), encryption.GetProperty("tier").GetString()?.ToLowerInvariant()));
        Assert.Equal(("simulated", "client", true), (result.GetProperty("tier").GetString(), result.GetProperty("sealer").GetString(), result.GetProperty("receiptVerified").GetBoolean()));
        string?[] checks = [.. result.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString())];
        Assert.Contains("the workers have the weights as ciphertext only", checks);
        Assert.Contains("each worker got enough shares of the key, after its evidence was verified", checks);
        Assert.Contains("npm ci in", result.GetProperty("notSettled").GetString(), StringComparison.Ordinal);
        foreach (var name in (string[])["channel", "voucher", "payoutTx", "payoutAddress", "earnedNano", "feeNano", "onChainNano"])
        {
            Assert.Equal(JsonValueKind.Null, result.GetProperty(name).ValueKind);
        }
    }

    private static long Nano(JsonElement result, string name) => long.Parse(result.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
