using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

/// <summary>What a worker of these tests says to a job, piece by piece.</summary>
internal sealed class WorkerReply(SealedReply reply)
{
    private static readonly string Manifest = new('a', 64);

    /// <summary>The job's clear part.</summary>
    public JobDispatch Job => reply.Job;

    /// <summary>The opened request and the sealed answer.</summary>
    public SealedReply Sealed => reply;

    /// <summary>Cancelled when the gateway lets go of the job.</summary>
    public CancellationToken Gone => reply.Gone;

    /// <summary>Begins: meta and the chunk with the role.</summary>
    public async Task BeginAsync()
    {
        await reply.MetaAsync(Manifest, "scripted");
        await RoleAsync();
    }

    /// <summary>The chunk with the role.</summary>
    public Task RoleAsync(int choice = 0) => ChunkAsync("""{"role":"assistant","content":""}""", choice: choice);

    /// <summary>Begins embeddings: meta alone.</summary>
    public Task BeginVectorsAsync() => reply.MetaAsync(Manifest);

    /// <summary>Some numbers.</summary>
    public Task NumbersAsync(params float[] numbers) => BytesAsync([.. numbers.SelectMany(BitConverter.GetBytes)]);

    /// <summary>A piece of the body as it stands.</summary>
    public Task BytesAsync(byte[] body) => reply.DataAsync(body);

    /// <summary>A piece of text, of one token for each of its letters.</summary>
    public Task TextAsync(string text, int choice = 0) => ChunkAsync($$"""{"content":"{{text}}"}""", choice: choice);

    /// <summary>A whole call of a function.</summary>
    public async Task CallAsync(string name, string arguments)
    {
        await ChunkAsync($$$"""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"{{{name}}}","arguments":""}}]}""");
        await ChunkAsync($$$"""{"tool_calls":[{"index":0,"function":{"arguments":"{{{arguments}}}"}}]}""");
    }

    /// <summary>The chunk that ends the answer.</summary>
    public Task FinishAsync(string reason = "stop", int choice = 0) => ChunkAsync("{}", reason, choice);

    /// <summary>The last record.</summary>
    /// <param name="completionTokens">What the receipt says.</param>
    /// <param name="reason">Why the answer ended.</param>
    /// <param name="change">What the receipt says otherwise.</param>
    public Task FinalAsync(int completionTokens, string reason = "stop", Func<AnswerUsage, AnswerUsage>? change = null)
    {
        AnswerUsage usage = Usage(completionTokens);
        return reply.FinalAsync(reason, change?.Invoke(usage) ?? usage);
    }

    /// <summary>The last record, and the receipt in it as a worker keeps it.</summary>
    public async Task<KeptReceipt> KeptFinalAsync(int completionTokens)
    {
        var signed = reply.Answer.SignFinal(Usage(completionTokens), reply.Key);
        reply.Answer.WriteFinal("stop", signed);
        await reply.DataLeavesAsync();
        return new KeptReceipt(Job.JobId, Job.LeaseId, signed.Receipt.ToArray(), signed.Signature.ToArray(), Job.Terms);
    }

    /// <summary>The whole of a good answer.</summary>
    public async Task AnswerAsync(string text)
    {
        await BeginAsync();
        await TextAsync(text);
        await FinishAsync();
        await FinalAsync(text.Length);
    }

    /// <summary>A chunk as it stands.</summary>
    public Task ChunkBytesAsync(string chunk) => reply.EventAsync(chunk);

    /// <summary>The error record.</summary>
    public Task FailAsync(string code) => reply.FailAsync(code);

    /// <summary>Breaks the stream.</summary>
    public void Break() => reply.Break();

    /// <summary>The receipt of an answer that the gateway let go of.</summary>
    public KeptReceipt Abandon(int completionTokens) => reply.Abandon(Usage(completionTokens));

    private AnswerUsage Usage(int completionTokens) => reply.Usage(Manifest, JobRunnerBench.PromptTokens, completionTokens);

    private Task ChunkAsync(string delta, string? finish = null, int choice = 0) => ChunkBytesAsync(reply.Chunk(delta, finish, choice));
}
