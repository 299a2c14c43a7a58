using System.Buffers;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>
/// Opens one answer as its bytes come in, and holds it to the protocol. Takes any bytes; never throws over them. After a fault it gives nothing more. What
/// was given before is genuine, and yet no whole answer: that it is only once <see cref="Complete"/> says so. One caller at a time.
/// </summary>
public sealed class AnswerOpener : IDisposable
{
    private readonly RequestHeader _header;
    private readonly Digest _headerHash;
    private readonly IReadOnlyList<AddressedWorker> _workers;
    private readonly IncrementalHash _read = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _plaintext = new byte[1024];
    private RecordOpener? _records;

    internal AnswerOpener(RequestHeader header, Digest headerHash, IReadOnlyList<AddressedWorker> workers)
    {
        _header = header;
        _headerHash = headerHash;
        _workers = workers;
    }

    /// <summary>What is wrong, as far as has been read.</summary>
    public SealingFault Fault { get; private set; }

    /// <summary>Which worker answers; null until its first bytes are there.</summary>
    public BoundStatement? Worker { get; private set; }

    /// <summary>The first record; null until it is there.</summary>
    public AnswerMeta? Meta { get; private set; }

    /// <summary>The last record of a whole answer; null until it is there.</summary>
    public AnswerFinal? Final { get; private set; }

    /// <summary>The last record of a failed answer; null until it is there.</summary>
    public AnswerError? Error { get; private set; }

    /// <summary>What tells this answer from any other to the same request; there with <see cref="Worker"/>.</summary>
    public Digest ResponseNonce { get; private set; }

    /// <summary>SHA-256 of all bytes before the last record, as its receipt must say; there with the last record.</summary>
    public Digest AnswerSha256 { get; private set; }

    /// <summary>How many bytes that is.</summary>
    public long AnswerBytes { get; private set; }

    /// <summary>Opens the next record.</summary>
    /// <param name="bytes">What has come in and is not used up; what is used is cut off its beginning.</param>
    /// <param name="record">The record.</param>
    /// <returns>False where more bytes are needed, and where there is a <see cref="Fault"/>.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> bytes, out SealedRecord record)
    {
        record = default;
        if (Fault != SealingFault.None || (_records is null && !TryReadPrefix(ref bytes)))
        {
            return false;
        }

        if (_records!.HasEnded)
        {
            return bytes.Length == 0 ? false : Fail(SealingFault.TrailingBytes);
        }

        Span<byte> prefix = stackalloc byte[RecordFormat.LengthBytes];
        if (bytes.Length < prefix.Length)
        {
            return false;
        }

        bytes.Slice(0, prefix.Length).CopyTo(prefix);
        if (!RecordOpener.TryReadLength(prefix, out var length))
        {
            return Fail(SealingFault.Malformed);
        }

        if (bytes.Length - prefix.Length < length)
        {
            return false;
        }

        var ciphertext = bytes.Slice(prefix.Length, length);
        bytes = bytes.Slice(prefix.Length + length);
        return TryOpen(prefix, ciphertext, out record);
    }

    /// <summary>Says that no more bytes come.</summary>
    /// <returns>What is wrong: an answer without its last record is <see cref="SealingFault.Truncated"/>, however well it reads.</returns>
    public SealingFault Complete()
    {
        if (Fault == SealingFault.None && _records?.HasEnded != true)
        {
            Fault = SealingFault.Truncated;
        }

        return Fault;
    }

    /// <summary>Checks the receipt of the last record: the worker's signature, and that it is of this answer.</summary>
    /// <param name="receipt">What it says, where nothing is wrong.</param>
    public ReceiptFault CheckReceipt(out UsageReceipt? receipt)
    {
        receipt = null;
        if ((Final?.Receipt ?? Error?.Receipt) is not { } signed || Worker is null)
        {
            return ReceiptFault.Missing;
        }

        var fault = signed.Check(Worker, out receipt);
        if (fault != ReceiptFault.None)
        {
            return fault;
        }

        var status = Final is null ? ReceiptStatus.Error : ReceiptStatus.Complete;
        if (receipt!.RequestId == _header.Terms.RequestId
            && receipt.HeaderHash == _headerHash
            && receipt.ResponseNonce == ResponseNonce
            && receipt.AnswerSha256 == AnswerSha256
            && receipt.Status == status
            && (Meta is null || receipt.Usage.ModelManifest == Meta.ModelManifest))
        {
            return ReceiptFault.None;
        }

        receipt = null;
        return ReceiptFault.OtherAnswer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records?.Dispose();
        _read.Dispose();
        CryptographicOperations.ZeroMemory(_plaintext);
    }

    private bool TryReadPrefix(ref ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length < AnswerFormat.PrefixBytes)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[AnswerFormat.PrefixBytes];
        bytes.Slice(0, prefix.Length).CopyTo(prefix);
        if (!prefix.StartsWith(AnswerFormat.Magic))
        {
            return Fail(SealingFault.Malformed);
        }

        var statementHash = new Digest(prefix.Slice(AnswerFormat.Magic.Length, Digest.Length));
        var worker = _workers.FirstOrDefault(worker => worker.Statement.Hash == statementHash);
        if (worker is null)
        {
            return Fail(SealingFault.UnknownWorker);
        }

        bytes = bytes.Slice(prefix.Length);
        Worker = worker.Statement;
        ResponseNonce = new Digest(prefix[^Digest.Length..]);
        _records = new RecordOpener(StreamKey.OfAnswer(worker.Export, _headerHash, ResponseNonce), StreamDirection.Answer);
        Read(prefix);
        return true;
    }

    private bool TryOpen(ReadOnlySpan<byte> prefix, ReadOnlySequence<byte> ciphertext, out SealedRecord record)
    {
        record = default;
        var length = (int)ciphertext.Length;
        if (_plaintext.Length < length)
        {
            CryptographicOperations.ZeroMemory(_plaintext);
            _plaintext = new byte[RecordFormat.MaxCiphertextBytes];
        }

        // In one piece as a rule; else it is put together where it is opened.
        var joined = _plaintext.AsSpan(0, length);
        ReadOnlySpan<byte> input = ciphertext.FirstSpan;
        if (!ciphertext.IsSingleSegment)
        {
            ciphertext.CopyTo(joined);
            input = joined;
        }

        var fault = _records!.Open(input, joined[..^AeadKey.TagBytes], out var type, out var data);
        if (fault != SealingFault.None)
        {
            return Fail(fault);
        }

        Hash(prefix, ciphertext);
        var opened = new SealedRecord(type, _plaintext.AsMemory(data));
        fault = Take(opened);
        if (fault != SealingFault.None)
        {
            return Fail(fault);
        }

        record = opened;
        return true;
    }

    /// <summary>Hashes what a receipt says of the answer: all but its last record.</summary>
    private void Hash(ReadOnlySpan<byte> prefix, ReadOnlySequence<byte> ciphertext)
    {
        if (_records!.HasEnded)
        {
            Span<byte> hash = stackalloc byte[Digest.Length];
            _read.GetCurrentHash(hash);
            AnswerSha256 = new Digest(hash);
            return;
        }

        Read(prefix);
        foreach (var segment in ciphertext)
        {
            Read(segment.Span);
        }
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        _read.AppendData(bytes);
        AnswerBytes += bytes.Length;
    }

    private SealingFault Take(SealedRecord record)
    {
        switch (record.Type)
        {
            case SealedRecordType.Meta when AnswerMeta.TryDecode(record.Data, out var meta):
                Meta = meta;
                return SealingFault.None;
            case SealedRecordType.Final when AnswerFinal.TryDecode(record.Data, out var final):
                Final = final;
                return _records!.IsTranscript(final.Transcript.ToArray()) ? SealingFault.None : SealingFault.TranscriptMismatch;
            case SealedRecordType.Error when AnswerError.TryDecode(record.Data, out var error):
                Error = error;
                return SealingFault.None;
            case SealedRecordType.Data or SealedRecordType.Heartbeat:
                return SealingFault.None;
            default:
                return SealingFault.RecordMalformed;
        }
    }

    private bool Fail(SealingFault fault)
    {
        Fault = fault;
        return false;
    }
}
