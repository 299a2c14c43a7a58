using System.Buffers;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>
/// Writes one answer, record by record, into a buffer of the caller's: what is sealed is copied once, to where it is sealed, and nothing is allocated for
/// a record of data. One caller at a time. It does not flush and keeps no time: <see cref="PacedAnswer"/> does.
/// </summary>
public sealed class AnswerSealer : IDisposable
{
    private readonly RequestHeader _header;
    private readonly Digest _headerHash;
    private readonly Digest _statementHash;
    private readonly Digest _responseNonce;
    private readonly RecordSealer _records;
    private readonly IBufferWriter<byte> _output;
    private readonly IncrementalHash _written = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _begun;

    internal AnswerSealer(RequestHeader header, Digest headerHash, AddressedWorker worker, IBufferWriter<byte> output)
    {
        _header = header;
        _headerHash = headerHash;
        _output = output;
        _statementHash = worker.Statement.Hash;
        Span<byte> nonce = stackalloc byte[Digest.Length];
        RandomNumberGenerator.Fill(nonce);
        _responseNonce = new Digest(nonce);
        _records = new RecordSealer(StreamKey.OfAnswer(worker.Export, headerHash, _responseNonce));
        var prefix = output.GetSpan(AnswerFormat.PrefixBytes)[..AnswerFormat.PrefixBytes];
        AnswerFormat.Magic.CopyTo(prefix);
        _statementHash.CopyTo(prefix[AnswerFormat.Magic.Length..]);
        _responseNonce.CopyTo(prefix[(AnswerFormat.Magic.Length + Digest.Length)..]);
        _written.AppendData(prefix);
        output.Advance(AnswerFormat.PrefixBytes);
    }

    /// <summary>How lengths are hidden: as the request demands.</summary>
    public TrafficPadding Padding => _header.Terms.Padding;

    /// <summary>Most bytes of data that fit one record.</summary>
    public int MostData => Records.Padding.MostAnswerData(Padding);

    /// <summary>Whether the final or error record is written.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Writes the first record.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">Something is written already.</exception>
    public void Write(AnswerMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        if (_begun || HasEnded)
        {
            throw new InvalidOperationException("The answer has begun already.");
        }

        Append(SealedRecordType.Meta, meta.Encode());
        _begun = true;
    }

    /// <summary>Writes a piece of the body, in as many records as it needs.</summary>
    /// <exception cref="InvalidOperationException">The first record is missing, or the answer has ended.</exception>
    public void WriteData(ReadOnlySpan<byte> data)
    {
        MustBeOpen();
        while (data.Length > 0)
        {
            var piece = data[..Math.Min(data.Length, MostData)];
            Append(SealedRecordType.Data, piece);
            data = data[piece.Length..];
        }
    }

    /// <summary>Writes a sign of life; from outside it looks like data.</summary>
    /// <exception cref="InvalidOperationException">The first record is missing, or the answer has ended.</exception>
    public void WriteHeartbeat()
    {
        MustBeOpen();
        Append(SealedRecordType.Heartbeat, []);
    }

    /// <summary>Ends a whole answer.</summary>
    /// <param name="finishReason">Why the model stopped.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="key">The key that stands in the statement.</param>
    /// <returns>The receipt, for whoever charges the job.</returns>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The first record is missing, or the answer has ended.</exception>
    public SignedReceipt WriteFinal(string finishReason, AnswerUsage usage, ReceiptKey key)
    {
        var receipt = SignFinal(usage, key);
        WriteFinal(finishReason, receipt);
        return receipt;
    }

    /// <summary>Signs the receipt of a whole answer, for whoever keeps it before it leaves. Only <see cref="WriteFinal(string, SignedReceipt)"/> may follow.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The first record is missing, or the answer has ended.</exception>
    public SignedReceipt SignFinal(AnswerUsage usage, ReceiptKey key)
    {
        MustBeOpen();
        return Sign(usage, ReceiptStatus.Complete, key);
    }

    /// <summary>Ends a whole answer with a receipt that is signed already.</summary>
    /// <param name="finishReason">Why the model stopped.</param>
    /// <param name="receipt">The receipt: <see cref="SignFinal"/>.</param>
    /// <exception cref="ArgumentException">The finish reason is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The first record is missing, or the answer has ended.</exception>
    public void WriteFinal(string finishReason, SignedReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        MustBeOpen();
        Append(SealedRecordType.Final, new AnswerFinal(finishReason, _records.Transcript, receipt).Encode());
        HasEnded = true;
    }

    /// <summary>Ends a failed answer for which nothing is to be paid.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The answer has ended.</exception>
    public void WriteError(string code, string message, bool isRetryable) => WriteError(new AnswerError(code, message, isRetryable));

    /// <summary>Ends a failed answer for which something was computed.</summary>
    /// <returns>The receipt, for whoever charges the job.</returns>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The answer has ended.</exception>
    public SignedReceipt WriteError(string code, string message, bool isRetryable, AnswerUsage usage, ReceiptKey key)
    {
        var receipt = SignError(usage, key);
        WriteError(new AnswerError(code, message, isRetryable, receipt));
        return receipt;
    }

    /// <summary>Signs the receipt of a failed answer, for whoever keeps it before it leaves. Only <see cref="WriteError(AnswerError)"/> with it may follow.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The answer has ended.</exception>
    public SignedReceipt SignError(AnswerUsage usage, ReceiptKey key) => Sign(usage, ReceiptStatus.Error, key);

    /// <summary>Ends a failed answer.</summary>
    /// <param name="error">What failed; with the receipt that <see cref="SignError"/> gave, where something was computed.</param>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The answer has ended.</exception>
    public void WriteError(AnswerError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (HasEnded)
        {
            throw new InvalidOperationException("The answer has ended.");
        }

        Append(SealedRecordType.Error, error.Encode());
        HasEnded = true;
    }

    /// <summary>The receipt of an answer that nobody wants any more; its last record is never written.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The answer has ended.</exception>
    public SignedReceipt Abandon(AnswerUsage usage, ReceiptKey key)
    {
        var receipt = Sign(usage, ReceiptStatus.Partial, key);
        HasEnded = true;
        return receipt;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        _written.Dispose();
    }

    private void MustBeOpen()
    {
        if (!_begun || HasEnded)
        {
            throw new InvalidOperationException(HasEnded ? "The answer has ended." : "The answer has no first record yet.");
        }
    }

    private void Append(SealedRecordType type, ReadOnlySpan<byte> data)
    {
        var length = RecordSealer.Length(Records.Padding.OfAnswer(Padding, RecordFormat.HeadBytes + data.Length));
        var record = _output.GetSpan(length)[..length];
        _records.Write(type, data, record);
        if (type is not (SealedRecordType.Final or SealedRecordType.Error))
        {
            _written.AppendData(record);
        }

        _output.Advance(length);
    }

    private SignedReceipt Sign(AnswerUsage usage, ReceiptStatus status, ReceiptKey key)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (HasEnded)
        {
            throw new InvalidOperationException("The answer has ended.");
        }

        Span<byte> hash = stackalloc byte[Digest.Length];
        _written.GetCurrentHash(hash);
        var receipt = new UsageReceipt(_header.NetworkId, _header.Terms.RequestId, _headerHash, _statementHash, _responseNonce, usage, new Digest(hash), status);
        return SignedReceipt.Sign(receipt, key);
    }
}
