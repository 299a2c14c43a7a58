using System.Runtime.InteropServices;
using System.Text;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Jobs;

/// <summary>Jobs that ask for vectors at a real worker with the scripted engine. A byte of a text is a token there.</summary>
public sealed class EmbeddingJobTests
{
    private const int Size = 12;

    [Fact]
    public async Task Job_SeveralInputs_SendsTheirVectorsAndReportsThePrompt()
    {
        await using RunningWorker worker = await StartAsync();

        Vectors answer = await AskAsync(worker, """["abc", "de", "abc"]""");

        Assert.Equal(3 * Size, answer.Numbers.Count);
        Assert.Equal(answer.Numbers[..Size], answer.Numbers[(2 * Size)..]);
        Assert.NotEqual(answer.Numbers[..Size], answer.Numbers[Size..(2 * Size)]);
        Assert.Equal(("scripted", "stop"), (answer.Meta!.Engine, answer.Final!.FinishReason));
        AnswerUsage usage = answer.Receipt!.Usage;
        Assert.Equal((8L, 0L, 0L, ReceiptStatus.Complete), (usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens, answer.Receipt.Status));
    }

    [Fact]
    public async Task Job_MoreThanARecordHolds_ComesInSeveral()
    {
        await using RunningWorker worker = await StartAsync(("Scripted:EmbeddingSize", "1000"));

        Vectors answer = await AskAsync(worker, $"[{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"{i}\""))}]");

        Assert.Equal(100_000, answer.Numbers.Count);
        Assert.InRange(answer.Records, 13, 20);
    }

    [Fact]
    public async Task Job_ManyTokens_SendsTheFirstVectorsBeforeTheLastAreComputed()
    {
        await using RunningWorker worker = await StartAsync();

        Vectors answer = await AskAsync(worker, $"[{string.Join(',', Enumerable.Repeat($"\"{new string('a', 100)}\"", 60))}]");

        Assert.Equal((60 * Size, 2), (answer.Numbers.Count, answer.Records));
    }

    [Fact]
    public async Task Job_FewerDimensions_SendsThatMany()
    {
        await using RunningWorker worker = await StartAsync();

        Assert.Equal(2 * 5, (await AskAsync(worker, """["a", "b"]""", ",\"dimensions\":5")).Numbers.Count);
    }

    [Fact]
    public async Task Registration_TellsTheDimensions()
    {
        await using RunningWorker worker = await StartAsync();
        await using RunningWorker chat = await RunningWorker.ScriptedAsync("Hello");

        Assert.Equal(Size, Assert.Single((await worker.Tunnel.GetRegistrationAsync(default)).Models).EmbeddingDimensions);
        Assert.Null(Assert.Single((await chat.Tunnel.GetRegistrationAsync(default)).Models).EmbeddingDimensions);
    }

    [Theory]
    [InlineData("\"\"", "", "invalid_value", "input")]
    [InlineData("""["a", ""]""", "", "invalid_value", "input[1]")]
    [InlineData("[[300]]", "", "invalid_value", "input[0]")]
    [InlineData("\"a\"", ",\"dimensions\":13", "invalid_value", "dimensions")]
    public async Task Job_BadPayload_IsRefusedByField(string input, string more, string code, string param)
    {
        await using RunningWorker worker = await StartAsync();

        Vectors answer = await AskAsync(worker, input, more);

        Assert.Equal((code, param, false), (answer.Error?.Code, answer.Error?.Param, answer.Error?.Retryable));
        Assert.Empty(await worker.Tunnel.GetReceiptsAsync(default));
    }

    [Fact]
    public async Task Job_LongerThanTheContext_IsRefusedByItsIndex()
    {
        await using RunningWorker worker = await StartAsync();

        Vectors answer = await AskAsync(worker, $"""["a", "{new string('b', 129)}"]""");

        Assert.Equal(("context_length_exceeded", "input[1]"), (answer.Error?.Code, answer.Error?.Param));
    }

    [Fact]
    public async Task Job_OfTheOtherTask_IsRefusedBothWays()
    {
        await using RunningWorker embeds = await StartAsync();
        await using RunningWorker chats = await RunningWorker.ScriptedAsync("Hello");

        Answer chat = await embeds.AskAsync();
        Vectors vectors = await AskAsync(chats, "\"a\"");

        Assert.Equal(("unsupported_model", "model"), (chat.Error?.Code, chat.Error?.Param));
        Assert.Equal(("unsupported_model", "model"), (vectors.Error?.Code, vectors.Error?.Param));
    }

    [Fact]
    public async Task Job_LetGo_IsReportedAsNothing()
    {
        await using RunningWorker worker = await StartAsync(("Scripted:Rules:0:Behaviour", "Hang"));
        await using (SentJob job = await SendAsync(worker, "\"abc\""))
        {
            Assert.Equal(SealedRecordType.Meta, (await job.ReadAsync())?.Type);
        }

        UsageReceipt receipt = Assert.Single(await worker.ReceiptsAsync(1));
        Assert.Equal((ReceiptStatus.Partial, 0L, 0L), (receipt.Status, receipt.Usage.PromptTokens, receipt.Usage.CompletionTokens));
    }

    [Fact]
    public async Task Job_EngineFails_IsAnErrorThatCostsNothing()
    {
        await using RunningWorker worker = await StartAsync(("Scripted:Rules:0:FailAfterTokens", "0"));

        Vectors answer = await AskAsync(worker, "\"abc\"");

        Assert.Equal((JobErrorCodes.EngineFailed, true), (answer.Error?.Code, answer.Error?.Retryable));
        Assert.Equal(0, answer.Receipt!.Usage.PromptTokens);
    }

    private static Task<RunningWorker> StartAsync(params (string, string)[] settings) =>
        RunningWorker.ScriptedAsync("", [("Scripted:EmbeddingSize", $"{Size}"), .. settings]);

    private static Task<SentJob> SendAsync(RunningWorker worker, string input, string more = "") => worker.SendAsync(
        RunningWorker.Dispatch(maxCompletionTokens: 0) with { Kind = JobKind.Embeddings },
        Encoding.UTF8.GetBytes($$"""{"model":"tiny","input":{{input}}{{more}}}"""));

    private static async Task<Vectors> AskAsync(RunningWorker worker, string input, string more = "")
    {
        await using SentJob job = await SendAsync(worker, input, more);
        return await ReadAsync(job).WaitAsync(TestGateway.Deadline);
    }

    private static async Task<Vectors> ReadAsync(SentJob job)
    {
        var (numbers, records) = (new List<float>(), 0);
        while (await job.ReadAsync() is { } record)
        {
            if (record.Type == SealedRecordType.Data)
            {
                records++;
                numbers.AddRange(MemoryMarshal.Cast<byte, float>(record.Data.Span));
            }
        }

        Assert.Equal(SealingFault.None, job.Opener.Fault);
        AnswerError? error = job.Opener.Error;
        return new Vectors(
            job.Opener.Meta, numbers, records, job.Opener.Final, Answer.ReceiptOf(job), error is null ? null : new Failure(error.Code, error.Message, error.IsRetryable, error.Field));
    }

    private sealed record Vectors(AnswerMeta? Meta, List<float> Numbers, int Records, AnswerFinal? Final, UsageReceipt? Receipt, Failure? Error);
}
