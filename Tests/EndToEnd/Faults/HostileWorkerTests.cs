using System.Net;
using System.Net.Sockets;
using System.Text;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Market.Billing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

/// <summary>A worker that was admitted and then breaks the protocol: before the first token nobody notices, later only what was delivered is paid.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class HostileWorkerTests(ScriptedNetwork fixture)
{
    private const string Delivered = "one two";

    public static TheoryData<string> BeforeTheFirstToken => [.. Silent.Keys];

    public static TheoryData<string> AfterTheFirstToken => [.. Broken.Keys];

    // What it does with the job, before any text came.
    private static readonly Dictionary<string, Func<HostileJob, Task>> Silent = new()
    {
        ["noise instead of records"] = job => job.PlainAsync([.. Enumerable.Range(0, 4096).Select(number => (byte)(number * 37 + 11))]),
        ["an answer in the clear"] = job => job.PlainAsync(Encoding.UTF8.GetBytes($"data: {job.ChunkText("""{"role":"assistant","content":"in the clear"}""")}\n\n")),
        ["an answer under another statement"] = job => job.PlainAsync([.. "CSR1"u8, .. new byte[64]]),
        ["a refusal that blames the client"] = job => job.RefuseAsync("context_length_exceeded"),
        ["a record of four gigabytes"] = async job =>
        {
            await job.MetaAsync();
            await job.PlainAsync([0xff, 0xff, 0xff, 0xff]);
        },
        ["a record that is not of this answer"] = async job =>
        {
            await job.MetaAsync();
            await job.PlainAsync([0, 0, 0, 40, .. new byte[40]]);
        },
        ["another model"] = job => job.MetaAsync(new string('a', 64)),
        ["a chunk that is no JSON"] = async job =>
        {
            await job.MetaAsync();
            await job.DataAsync("{\"id\":");
        },
        ["a chunk of another answer"] = async job =>
        {
            await job.MetaAsync();
            await job.DataAsync(job.ChunkText("""{"role":"assistant","content":"hi"}""", id: "chatcmpl-other"));
        },
        ["an end without a last record"] = job => job.MetaAsync(),
        ["a final record without an answer"] = async job =>
        {
            await job.MetaAsync();
            await job.FinalAsync();
        },
        ["status 500"] = job =>
        {
            job.Status(500);
            return Task.CompletedTask;
        },
        ["a reset"] = job =>
        {
            job.Reset();
            return Task.CompletedTask;
        },
    };

    // What it does after its first text.
    private static readonly Dictionary<string, Func<HostileJob, Task>> Broken = new()
    {
        ["noise"] = job => job.PlainAsync([9, 8, 7, 6, 5, 4]),
        ["a line that would end the event"] = job => job.DataAsync("{}\n\ndata: [DONE]\n\n"),
        ["a second role"] = job => job.DataAsync(job.ChunkText("""{"role":"assistant","content":"x"}""")),
        ["an end without a last record"] = _ => Task.CompletedTask,
        ["a final record without a finish"] = job => job.FinalAsync(),
        ["a reset"] = async job =>
        {
            await job.TextAsync(" ");
            job.Reset();
        },
    };

    [Theory]
    [MemberData(nameof(BeforeTheFirstToken))]
    public async Task Ask_WorkerBreaksTheProtocolBeforeTheFirstToken_TheNextOneAnswersAndIsPaid(string fault)
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        await using var hostile = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), Silent[fault]);

        var answer = await network.AskAsync("hello", account.ApiKey);

        Assert.Equal(1, hostile.Jobs);
        Assert.Equal(Script.PlainAnswer, answer.Text);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.NotEqual(hostile.Id, job.WorkerId);
        Assert.Equal(answer.Cost, job.Captured);
    }

    [Theory]
    [MemberData(nameof(AfterTheFirstToken))]
    public async Task Ask_WorkerBreaksTheProtocolMidAnswer_ErrorEventAndNothingIsCharged(string fault)
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hostile = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), async job =>
        {
            await job.BeginAsync(Delivered);

            // A reset throws away what is still on its way.
            await delivered.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await Broken[fault](job);
        });
        var text = "";

        var refusal = await Assert.ThrowsAsync<ChatRefusedException>(() => network.AskAsync("hello", account.ApiKey, piece =>
        {
            text += piece;
            if (text.TrimEnd() == Delivered)
            {
                delivered.TrySetResult();
            }
        }));

        Assert.Equal("provider_failed", refusal.Code);
        Assert.Equal(Delivered, text.TrimEnd());
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal("released", job.State);
        Assert.Equal(account.Account.Balance, network.Ledger.Balance(account.Account.AccountId));
    }

    [Fact]
    public async Task Ask_ReceiptOfFarMoreThanWasSent_IsPaidForWhatWasSeen()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        await using var hostile = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), async job =>
        {
            await job.BeginAsync(Delivered);
            await job.FinishAsync();
            await job.FinalAsync(usage => usage with { PromptTokens = 1_000_000, CompletionTokens = 1_000_000 });
        });

        var answer = await network.AskAsync("hello", account.ApiKey);

        Assert.Equal(Delivered, answer.Text);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.InRange(job.PromptTokens, 1, 100);
        Assert.InRange(job.CompletionTokens, 1, Delivered.Length + CaptureRule.CompletionTolerance(Delivered.Length));
    }

    [Fact]
    public async Task Ask_ReceiptSignedByAnotherKey_AnswerStandsAndNothingIsCharged()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        using var other = new ReceiptKey();
        await using var hostile = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), async job =>
        {
            await job.BeginAsync(Delivered);
            await job.FinishAsync();
            await job.FinalAsync(signer: other);
        });

        var answer = await network.AskAsync("hello", account.ApiKey);

        Assert.Equal(Delivered, answer.Text);
        Assert.False(answer.Provider?.ReceiptVerified);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal("released", job.State);
        Assert.Equal(account.Account.Balance, network.Ledger.Balance(account.Account.AccountId));
    }

    /// <summary>The gateway tries once more with a request that stands alone, and then elsewhere.</summary>
    [Fact]
    public async Task Ask_WorkerRejectsWhatIsSealedToIt_TheNextOneAnswers()
    {
        var network = fixture.Network;
        await using var hostile = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), job => job.RefuseAsync("sealing.rejected"));

        Assert.Equal(Script.PlainAnswer, (await network.AskAsync("hello")).Text);
        Assert.Equal(2, hostile.Jobs);
    }

    [Fact]
    public async Task Ask_WorkerSendsMoreThanWasPaidFor_AnswerIsCutAtTheLimit()
    {
        const int limit = 8;
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        await using var hostile = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), async job =>
        {
            await job.BeginAsync(Delivered);
            for (var piece = 0; piece < 1000; piece++)
            {
                await job.TextAsync(" more");
            }
        });

        var answer = await network.AskAsync("hello", account.ApiKey, maxTokens: limit);

        Assert.Equal("length", answer.FinishReason);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal("released", job.State); // It never signed a receipt.
        Assert.InRange(answer.Text.Split(' ').Length, 2, limit + CaptureRule.CompletionTolerance(limit) + 2);
    }

    [Fact]
    public async Task Dial_BytesThatAreNoHandshake_GatewayClosesAndServesOn()
    {
        var network = fixture.Network;
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, network.Processes.Topology.TunnelPort);
        var stream = socket.GetStream();
        await stream.WriteAsync(new byte[1 << 16].AsMemory());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        await EndOfAsync(stream, deadline.Token);

        Assert.Equal(Script.PlainAnswer, (await network.AskAsync("hello")).Text);
    }

    private static async Task EndOfAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.ReadAsync(new byte[256], cancellationToken) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }
}
