using System.Security.Cryptography;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Interop;

/// <summary>Every kind of message both ways against a second implementation of docs/protocol.md (protocol.mjs): each reads what the other writes.</summary>
public sealed class ProtocolInteropTests : IDisposable
{
    private static readonly (SealingSuite Suite, TrafficPadding Padding)[] Kinds =
        [.. from suite in Enum.GetValues<SealingSuite>() from padding in Enum.GetValues<TrafficPadding>() select (suite, padding)];

    private static readonly byte[] TheirKey = SHA256.HashData("the other worker's key"u8);

    private readonly FakeTimeProvider _time = new(Sample.Start);
    private readonly TestWorker _worker;
    private readonly TestWorker _second;

    public ProtocolInteropTests()
    {
        _worker = new TestWorker(_time);
        _second = new TestWorker(_time);
    }

    [SkippableFact]
    public async Task Statement_ItsHashesAndNonces_AreThoseOfTheOther()
    {
        var nonces = Enumerable.Range(0, 11).Select(i => Digest.Of([(byte)i])).ToArray();
        var batch = new NonceBatch(nonces);
        using var worker = new TestWorker(_time, TrustTier.Confidential);
        var statement = worker.Address(statement => statement with { NonceRoot = batch.Root });

        var answers = await NodeSide.AskAsync<object, Facts[]>(
            "protocol.mjs", "facts", new[] { new { statement = Hex(statement.Bytes.Span), nonces = nonces.Select(nonce => nonce.ToString()) } });

        var facts = Assert.Single(answers);
        Assert.Equal(
            (statement.Hash.ToString(), Hex(statement.ReportData()), statement.GpuNonce().ToString(), batch.Root.ToString()),
            (facts.Hash, facts.ReportData, facts.GpuNonce, facts.Root));
        Assert.Equal(Enumerable.Range(0, nonces.Length).Select(i => Hex(batch.Prove(i).Encode())), facts.Proofs);
    }

    /// <summary>Our client, the other's worker.</summary>
    [SkippableFact]
    public async Task Client_OfOurs_IsUnderstoodAndUnderstands()
    {
        using var receiptKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var requests = new List<(SealedRequest Request, BoundStatement Statement, SealingSuite Suite)>();
        foreach (var (suite, padding) in Kinds)
        {
            var statement = TheirStatement(suite, receiptKey);
            var terms = Sample.Terms(Sample.Start, padding);
            Assert.True(new RequestSealer(_time).TrySeal(terms, Sample.Meta, Sample.Body, [OfSuite(_worker, suite), statement, OfSuite(_second, suite)], out var single, out _));
            requests.Add((single, statement, suite));

            Assert.True(ClientSession.TryOpen(statement, _time, out var session, out _));
            for (var i = 0; i < 2; i++)
            {
                Assert.True(session.TrySeal(terms, Sample.Meta, Sample.Body, out var request, out _));
                requests.Add((request, statement, suite));
            }

            session.Dispose();
        }

        var answers = await AskWorkerAsync(requests, receiptKey, null);

        Assert.Equal(requests.Count, answers.Length);
        foreach (var ((request, _, _), answer) in requests.Zip(answers))
        {
            Assert.Equal((Hex(Sample.Body), request.HeaderHash.ToString(), "POST", "/v1/chat/completions"), (answer.Body, answer.HeaderHash, answer.Method, answer.Path));
            var read = Sample.Read(request, Convert.FromHexString(answer.Answer));
            Assert.Equal((SealingFault.None, ReceiptFault.None, "one two three"), (read.Fault, read.ReceiptFault, read.Text));
            Assert.Equal((240, 16, 3, 0), (read.Receipt!.Usage.PromptTokens, read.Receipt.Usage.CachedTokens, read.Receipt.Usage.CompletionTokens, read.Receipt.Usage.ReasoningTokens));
            Assert.Equal(new ReceiptPrices(100, 10, 400, 5).Hash(), read.Receipt.Usage.Prices);
            Assert.Contains(SealedRecordType.Heartbeat, read.Types);
        }

        // A worker that shows for one answer the receipt of another.
        var stolen = await AskWorkerAsync(requests[..1], receiptKey, answers[1].Receipt);
        var caught = Sample.Read(requests[0].Request, Convert.FromHexString(stolen[0].Answer));
        Assert.Equal((SealingFault.None, ReceiptFault.OtherAnswer), (caught.Fault, caught.ReceiptFault));
    }

    /// <summary>The other's client, our worker.</summary>
    [SkippableFact]
    public async Task Worker_OfOurs_UnderstandsAndIsUnderstood()
    {
        var bodies = (byte[][])[Sample.Body, [], new byte[100_000]];
        var asked = Kinds.SelectMany(kind => bodies.SelectMany(body => new[]
        {
            Ask(kind, body, session: false, OfSuite(_second, kind.Suite), OfSuite(_worker, kind.Suite)),
            Ask(kind, body, session: true, OfSuite(_worker, kind.Suite)),
        })).ToArray();

        var answers = await NodeSide.AskAsync<object, SealedByThem[]>("protocol.mjs", "seal", asked.Select(ask => ask.Json));

        var readings = new List<object>();
        foreach (var (ask, answer) in asked.Zip(answers))
        {
            foreach (var request in answer.Requests)
            {
                Assert.True(_worker.Opener.TryOpen(Convert.FromHexString(request.Request), out var opened, out var fault), fault.ToString());
                Assert.True(opened.Body.Span.SequenceEqual(ask.Body));
                Assert.Equal((request.HeaderHash, "smollm2-135m"), (opened.HeaderHash.ToString(), opened.Header.Terms.Model));
                readings.Add(new
                {
                    answer = Hex(Sample.Answer(opened, _worker.Receipts, "an ", "answer")),
                    request.HeaderHash,
                    request.Exports,
                    statements = ask.Statements,
                });
                opened.Dispose();
            }
        }

        var read = await NodeSide.AskAsync<object, ReadByThem[]>("protocol.mjs", "read", readings);

        Assert.Equal(asked.Length / 2 * 4, read.Length);
        Assert.All(read, answer => Assert.Equal((200, Hex("an answer"u8), "stop", Sample.Prices.Hash().ToString()), (answer.Status, answer.Body, answer.FinishReason, answer.Prices)));
        Assert.All(read, answer => Assert.Equal([240, 16, 8, 2], answer.Tokens));
    }

    public void Dispose()
    {
        _worker.Dispose();
        _second.Dispose();
    }

    private static Task<AnsweredByThem[]> AskWorkerAsync(
        List<(SealedRequest Request, BoundStatement Statement, SealingSuite Suite)> requests, ECDsa receiptKey, object? stolen) =>
        NodeSide.AskAsync<object, AnsweredByThem[]>("protocol.mjs", "worker", requests.Select(request => new
        {
            request = Hex(request.Request.Bytes.Span),
            statement = Hex(request.Statement.Bytes.Span),
            suite = (int)request.Suite,
            privateKey = Hex(TheirKey),
            receiptKey = Hex(receiptKey.ExportPkcs8PrivateKey()),
            stolen,
        }));

    private static BoundStatement TheirStatement(SealingSuite suite, ECDsa receiptKey)
    {
        using var key = HpkeSuite.Of(suite)!.Kem.Import(TheirKey);
        var epoch = new Epoch(3, Sample.Start, [new SuiteKey(suite, key.PublicKey.ToArray())]);
        return BoundStatement.Of(TestWorker.NewStatement(epoch, P256Kem.Point(receiptKey.ExportParameters(false))));
    }

    private static BoundStatement OfSuite(TestWorker worker, SealingSuite suite) => worker.Address(statement => statement with { Keys = [statement.KeyOf(suite)!] });

    private static (byte[] Body, string[] Statements, object Json) Ask((SealingSuite Suite, TrafficPadding Padding) kind, byte[] body, bool session, params BoundStatement[] workers)
    {
        string[] statements = [.. workers.Select(worker => Hex(worker.Bytes.Span))];
        return (body, statements, new
        {
            statements,
            session,
            count = session ? 3 : 1,
            terms = new
            {
                suite = (int)kind.Suite,
                model = "smollm2-135m",
                minimumTier = 2,
                padding = (int)kind.Padding,
                holdLimitNano = "40000000",
                expires = Sample.Start.AddMinutes(5).ToUnixTimeSeconds(),
            },
            body = Hex(body),
        });
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private sealed record Facts(string Hash, string ReportData, string GpuNonce, string Root, string[] Proofs);

    private sealed record StolenReceipt(string Receipt, string Signature);

    private sealed record AnsweredByThem(string Method, string Path, string Body, string HeaderHash, string Answer, StolenReceipt Receipt);

    private sealed record RequestByThem(string Request, string HeaderHash, string[] Exports);

    private sealed record SealedByThem(RequestByThem[] Requests);

    private sealed record ReadByThem(int Status, string Body, int[] Lengths, string FinishReason, int[] Tokens, string Prices);
}
