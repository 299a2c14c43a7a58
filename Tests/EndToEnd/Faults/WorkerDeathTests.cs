using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

[Collection(ScriptedNetwork.Collection)]
public sealed class WorkerDeathTests(ScriptedNetwork fixture)
{
    private const int Streams = 24; // More than one worker's slots: both are busy, and some wait.

    [Fact]
    public async Task Kill_OneOfTwoWorkersUnderLoad_EveryChargeIsInTheBookOnce()
    {
        var network = fixture.Network;
        await network.RestedAsync();
        var account = await network.CreateAccountAsync();
        var id = account.Account.AccountId;
        var streams = Enumerable.Range(0, Streams).Select(_ => new OpenStream(network, Script.Slow, account.ApiKey, maxTokens: 60)).ToArray();
        await Eventually.SeeAsync("text flows on several streams", () => streams.Count(stream => stream.Pieces > 2), flowing => flowing >= 20, TimeSpan.FromSeconds(30));

        network.Processes.Workers[0].Current.Kill();

        List<ChatAnswer> answers = [];
        var broken = 0;
        foreach (var stream in streams)
        {
            try
            {
                answers.Add(await stream.Answer);
            }
            catch (ChatRefusedException refusal)
            {
                Assert.Equal("provider_failed", refusal.Code);
                broken++;
            }
        }

        await network.Processes.Workers[0].StartAsync(CancellationToken.None);
        var jobs = await network.SettledAsync(id);
        Assert.InRange(broken, 1, 16); // At most the dead worker's slots.
        Assert.Equal(Streams, jobs.Count);
        Assert.Equal(broken, jobs.Count(job => job.State == "released")); // Their receipts died with the worker.
        Assert.All(answers, answer =>
        {
            var job = Assert.Single(jobs, job => job.JobId == answer.JobId);
            Assert.Equal("captured", job.State);
            Assert.Equal(answer.CompletionTokens, job.CompletionTokens);
        });
        Assert.Equal(jobs.Count(job => job.Captured.Value > 0), network.Ledger.Charges(id));
        Assert.Equal(account.Account.Balance.Value - jobs.Sum(job => job.Captured.Value), network.Ledger.Balance(id).Value);
    }

    [Fact]
    public async Task Kill_WorkerBeforeTheFirstToken_ClientNoticesNothingAndTheNextWorkerIsPaid()
    {
        var network = fixture.Network;
        await network.RestedAsync();
        var account = await network.CreateAccountAsync();
        var free = await FreeSlotsAsync(network);
        using var http = network.OpenHttp(account.ApiKey);
        var asking = http.PostAsJsonAsync("/v1/chat/completions", new
        {
            model = network.Model,
            messages = new[] { new { role = "user", content = Script.Waits } },
            max_completion_tokens = 120,
            provider = new { order = new[] { network.Processes.Topology.Workers[0].Id } },
        });
        await Eventually.SeeAsync("the job has its slot", () => FreeSlotsAsync(network), now => now < free, TimeSpan.FromSeconds(30));
        Assert.False(asking.IsCompleted, "The first worker did not get the job.");

        network.Processes.Workers[0].Current.Kill();

        using var response = await asking;
        var answer = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        var worker = answer.GetProperty("provider").GetProperty("worker").GetString();
        Assert.Equal(Script.SecondAnswer, answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(network.Processes.Topology.Workers[1].Id, worker);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal(("captured", worker, answer.GetProperty("usage").GetProperty("cost").GetString()), (job.State, job.WorkerId, job.Captured.ToString()));
        await network.Processes.Workers[0].StartAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Kill_WorkerMidAnswer_ErrorEventTellsThePartialUsageAndNothingIsCharged()
    {
        var network = fixture.Network;
        await network.RestedAsync();
        var account = await network.CreateAccountAsync();
        using var http = network.OpenHttp(account.ApiKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = network.Model,
                messages = new[] { new { role = "user", content = Script.Slow } },
                stream = true,
                provider = new { order = new[] { network.Processes.Topology.Workers[0].Id } },
            }),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var events = 0; events < 4;)
        {
            events += (await lines.ReadLineAsync())!.StartsWith("data: ", StringComparison.Ordinal) ? 1 : 0;
        }

        network.Processes.Workers[0].Current.Kill();

        var error = await ErrorAsync(lines);
        Assert.Equal("provider_failed", error.GetProperty("code").GetString());
        var usage = error.GetProperty("metadata").GetProperty("usage");
        Assert.Equal(0, usage.GetProperty("prompt_tokens").GetInt64());
        Assert.True(usage.GetProperty("completion_tokens").GetInt64() >= 3, $"{usage} is told, three tokens had been read.");

        // The worker took its receipt with it, and without one nothing is charged.
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal(("released", 0), (job.State, network.Ledger.Charges(account.Account.AccountId)));
        await network.Processes.Workers[0].StartAsync(CancellationToken.None);
    }

    private static async Task<JsonElement> ErrorAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: {\"error\"", StringComparison.Ordinal))
            {
                return JsonElement.Parse(line["data: ".Length..]).GetProperty("error");
            }
        }

        throw new Xunit.Sdk.XunitException("The stream ended without an error event.");
    }

    private static async Task<int> FreeSlotsAsync(TestNetwork network) =>
        (await network.ModelAsync()).GetProperty("offers").GetProperty("free_slots").GetInt32();
}
