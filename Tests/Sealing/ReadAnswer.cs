using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Tests.Sealing;

/// <summary>What a client got.</summary>
internal sealed record ReadAnswer(
    SealingFault Fault,
    string Text,
    IReadOnlyList<SealedRecordType> Types,
    AnswerMeta? Meta,
    AnswerFinal? Final,
    AnswerError? Error,
    ReceiptFault ReceiptFault,
    UsageReceipt? Receipt);
