using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>One job at a <see cref="HostileWorker"/>, and the parts of an answer, good or bad.</summary>
internal sealed class HostileJob(SealedReply reply, string manifestSha256)
{
    public JobDispatch Dispatch => reply.Job;

    /// <summary>The statement to which it was sealed.</summary>
    public Digest StatementHash => reply.Request.Statement.Hash;

    /// <summary>The client's request, opened.</summary>
    public ReadOnlySpan<byte> Body => reply.Request.Body.Span;

    public Task MetaAsync(string? manifest = null) => reply.MetaAsync(manifest ?? manifestSha256);

    /// <summary>The first chunk, and one with some text.</summary>
    public async Task BeginAsync(string text)
    {
        await MetaAsync();
        await DataAsync(reply.Chunk("""{"role":"assistant","content":""}"""));
        await TextAsync(text);
    }

    public Task TextAsync(string text) => DataAsync(reply.Chunk($$"""{"content":{{JsonSerializer.Serialize(text)}}}"""));

    public Task FinishAsync(string reason = "stop") => DataAsync(reply.Chunk("{}", reason));

    /// <summary>A sealed event.</summary>
    public Task DataAsync(string body) => reply.EventAsync(body);

    /// <summary>The final record with a receipt of this job, as the worker wants it.</summary>
    public Task FinalAsync(Func<AnswerUsage, AnswerUsage>? lie = null, ReceiptKey? signer = null)
    {
        var usage = reply.Usage(manifestSha256, promptTokens: 5, completionTokens: 2);
        return reply.FinalAsync("stop", lie?.Invoke(usage) ?? usage, signer);
    }

    /// <summary>Bytes that are not sealed.</summary>
    public Task PlainAsync(byte[] bytes) => reply.PlainAsync(bytes);

    public Task RefuseAsync(string code) => reply.RefuseAsync(code);

    public void Reset() => reply.Break();

    public void Status(int status) => reply.Status(status);

    public string ChunkText(string delta, string? id = null) => reply.Chunk(delta, id: id);
}
