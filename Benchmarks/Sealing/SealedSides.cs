using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Benchmarks.Sealing;

/// <summary>A client and a worker in one process.</summary>
internal sealed class SealedSides : IDisposable
{
    /// <summary>The model's manifest hash.</summary>
    public static readonly Digest Model = Digest.Of("a model"u8);

    private static readonly RequestMeta Meta = new("POST", "/v1/chat/completions", "application/json");

    private readonly EpochKeyRing _keys = new(TimeProvider.System);
    private readonly ReceiptKey _receipts = new();
    private readonly RequestSealer _sealer = new(TimeProvider.System);
    private readonly RequestOpener _opener;
    private readonly byte[] _body = new byte[1000];

    public SealedSides()
    {
        _opener = new RequestOpener(_keys, TimeProvider.System, new OpenerLimits { DecapsulationsPerSecond = int.MaxValue, DecapsulationBurst = int.MaxValue });
        var epoch = _keys.Begin();
        Statement = BoundStatement.Of(new Statement
        {
            NetworkId = "benchmark",
            Role = StatementRole.Worker,
            Tier = TrustTier.Open,
            BootId = new byte[16],
            Epoch = epoch.Number,
            NotBefore = epoch.Begins,
            Expires = epoch.Begins + EpochKeyRing.Length,
            Keys = epoch.Keys,
            ReceiptKey = _receipts.PublicKey,
            TunnelKeySha256 = Model,
            Models = [Model],
            EngineVersion = "benchmark",
            Quantisation = "none",
        });
        Address(Statement);
    }

    /// <summary>The worker's statement.</summary>
    public BoundStatement Statement { get; }

    /// <summary>A statement that offers one suite.</summary>
    public BoundStatement Offering(SealingSuite suite)
    {
        var statement = BoundStatement.Of(Statement.Statement with { Keys = [Statement.Statement.KeyOf(suite)!] });
        Address(statement);
        return statement;
    }

    /// <summary>Opens a session.</summary>
    public static ClientSession Open(BoundStatement statement) =>
        ClientSession.TryOpen(statement, TimeProvider.System, out var session, out var fault) ? session : throw Failed(fault);

    /// <summary>Seals in a session.</summary>
    public SealedRequest Seal(ClientSession session, TrafficPadding padding = TrafficPadding.Balanced) =>
        session.TrySeal(Terms(padding), Meta, _body, out var request, out var fault) ? request : throw Failed(fault);

    /// <summary>Seals a single request.</summary>
    public SealedRequest Seal(BoundStatement statement, TrafficPadding padding = TrafficPadding.Balanced) =>
        _sealer.TrySeal(Terms(padding), Meta, _body, [statement], out var request, out var fault) ? request : throw Failed(fault);

    /// <summary>Opens a request at the worker.</summary>
    public OpenedRequest OpenAtWorker(SealedRequest request) => OpenAtWorker(request.Bytes.Span);

    /// <summary>Opens a request's bytes at the worker.</summary>
    public OpenedRequest OpenAtWorker(ReadOnlySpan<byte> request) => _opener.TryOpen(request, out var opened, out var fault) ? opened : throw Failed(fault);

    /// <summary>Ends an answer with a signed receipt.</summary>
    public void End(AnswerSealer answer)
    {
        var now = TimeProvider.System.GetUtcNow();
        answer.WriteFinal("stop", new AnswerUsage
        {
            PromptTokens = 1,
            CachedTokens = 0,
            CompletionTokens = 1,
            ReasoningTokens = 0,
            Prices = Model,
            Started = now,
            Ended = now,
            ModelManifest = Model,
        }, _receipts);
    }

    /// <summary>Opens a request at the worker and lets go of it.</summary>
    public void Take(SealedRequest request)
    {
        OpenAtWorker(request).Dispose();
        request.Dispose();
    }

    public void Dispose()
    {
        _keys.Dispose();
        _receipts.Dispose();
    }

    private static RequestTerms Terms(TrafficPadding padding)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new RequestTerms
        {
            RequestId = Guid.CreateVersion7(now),
            Model = "benchmark",
            Padding = padding,
            HoldLimitNano = 1,
            Expires = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + 300),
        };
    }

    private static InvalidOperationException Failed(SealingFault fault) => new($"Sealing failed: {fault}.");

    private void Address(BoundStatement statement)
    {
        if (!_keys.TryAddress(statement))
        {
            throw new InvalidOperationException("The worker does not take its statement.");
        }
    }
}
