using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Benchmarks.Tunnel;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Sessions;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Benchmarks.Sealing;

/// <summary>The same answers over the same tunnel, sealed and unsealed: gateway and worker in one process, on loopback, with TLS and HTTP/2 as between machines.</summary>
internal sealed class SealedTunnel : IAsyncDisposable
{
    /// <summary>What a chunk of an answer has.</summary>
    public const int ChunkBytes = 250;

    private static readonly byte[] Chunk = new byte[ChunkBytes];

    private readonly SealedSides _sides = new();
    private readonly byte[] _plain = new byte[1000];
    private readonly ClientSession _session;
    private TunnelSides _tunnel = null!;
    private int _records;

    private SealedTunnel() => _session = SealedSides.Open(_sides.Statement);

    public static async Task<SealedTunnel> StartAsync()
    {
        var sealedTunnel = new SealedTunnel();
        sealedTunnel._tunnel = await TunnelSides.StartAsync(sealedTunnel.WorkAsync);
        return sealedTunnel;
    }

    /// <summary>Some answers, one after the other.</summary>
    /// <param name="answers">How many.</param>
    /// <param name="records">Records of each; every one leaves the worker by itself.</param>
    /// <param name="padding">How they are sealed; null for unsealed.</param>
    /// <returns>Wall: the median time from the request to the first piece of its answer. Cpu: of one record, of both ends and everything between.</returns>
    public async Task<StepTimes> RunAsync(int answers, int records, TrafficPadding? padding)
    {
        _records = records;
        var walls = new double[answers];
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < answers; i++)
        {
            walls[i] = padding is { } mode ? await AskSealedAsync(mode) : await AskAsync();
        }

        return new StepTimes(StepTimes.Median(walls), (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / ((double)answers * records));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tunnel.DisposeAsync();
        _session.Dispose();
        _sides.Dispose();
    }

    private async Task<double> AskAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await using var job = await _tunnel.SendAsync(_plain);
        var (first, length) = (0d, 0L);
        for (ReadResult read = default; !read.IsCompleted; job.Body.AdvanceTo(read.Buffer.End))
        {
            read = await job.Body.ReadAsync();
            first = first == 0 && !read.Buffer.IsEmpty ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : first;
            length += read.Buffer.Length;
        }

        return length == (long)_records * ChunkBytes ? first : throw new InvalidOperationException($"{_records} chunks were expected, not {length} bytes.");
    }

    private async Task<double> AskSealedAsync(TrafficPadding padding)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = _sides.Seal(_session, padding);
        await using var job = await _tunnel.SendAsync(request.Bytes);
        using var opener = request.OpenAnswer();
        var reader = new AnswerReader(opener, job.Body);
        var (first, length) = (0d, 0L);
        while (await reader.ReadAsync(CancellationToken.None) is { } record)
        {
            if (record.Type == SealedRecordType.Data)
            {
                first = first == 0 ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : first;
                length += record.Data.Length;
            }
        }

        return opener.Final is not null && length == (long)_records * ChunkBytes ? first : throw new InvalidOperationException($"The answer was not read: {opener.Fault}, {length} bytes.");
    }

    /// <summary>The worker's part: every record leaves as soon as it is there, sealed or not.</summary>
    private async Task WorkAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request.BodyReader);
        var output = context.Response.BodyWriter;
        if (body.AsSpan().StartsWith("CSS1"u8))
        {
            using var opened = _sides.OpenAtWorker(body);
            using var answer = opened.Answer(output);
            answer.Write(new AnswerMeta(200, "text/event-stream", SealedSides.Model, "native"));
            for (var i = 0; i < _records; i++)
            {
                answer.WriteData(Chunk);
                await output.FlushAsync();
            }

            _sides.End(answer);
            await output.FlushAsync();
            return;
        }

        for (var i = 0; i < _records; i++)
        {
            output.Write(Chunk);
            await output.FlushAsync();
        }
    }

    private static async Task<byte[]> ReadAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
