using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>One transaction of an account: a message came in, code ran, messages went out (block.tlb, Transaction).</summary>
public sealed record Transaction
{
    /// <summary>Hash of the transaction's cell: its name, together with <see cref="Lt"/>.</summary>
    public required Bits256 Hash { get; init; }

    /// <summary>The account part of the address.</summary>
    public required Bits256 Account { get; init; }

    /// <summary>Logical time: orders the transactions of an account; block times may repeat.</summary>
    public required ulong Lt { get; init; }

    /// <summary>Hash of the account's transaction before this one.</summary>
    public required Bits256 PreviousHash { get; init; }

    /// <summary>Logical time of the account's transaction before this one; 0 for the first.</summary>
    public required ulong PreviousLt { get; init; }

    /// <summary>Unix time of the block, in seconds.</summary>
    public required uint Time { get; init; }

    /// <summary>What the account was before.</summary>
    public required AccountStatus StatusBefore { get; init; }

    /// <summary>What the account is afterwards.</summary>
    public required AccountStatus StatusAfter { get; init; }

    /// <summary>The message that came in; none for what the chain does by itself.</summary>
    public required Message? InMessage { get; init; }

    /// <summary>The messages that went out, in order.</summary>
    public required IReadOnlyList<Message> OutMessages { get; init; }

    /// <summary>All fees that were taken here, in nano. What messages still pay on their way is in their <see cref="Message.ForwardFee"/>.</summary>
    public required Nano TotalFees { get; init; }

    /// <summary>Part of the fees that was for storage, in nano.</summary>
    public Nano StorageFees { get; init; }

    /// <summary>Whether it is an ordinary one; the phases of others (ticks, splits) are not read.</summary>
    public bool IsOrdinary { get; init; }

    /// <summary>What the code did.</summary>
    public ComputePhase? Compute { get; init; }

    /// <summary>What became of the code's actions; none where it failed or did not run.</summary>
    public ActionPhase? Action { get; init; }

    /// <summary>Whether the state is as before. A transfer to an account without code is aborted too, and yet its coins stay.</summary>
    public bool Aborted { get; init; }

    /// <summary>Whether there was a bounce phase: the incoming message was sent back, or there was not enough left for that.</summary>
    public bool HasBouncePhase { get; init; }

    /// <summary>Whether the account was deleted.</summary>
    public bool Destroyed { get; init; }

    /// <summary>Whether the code ran, everything that it wanted was done, and the state is the new one.</summary>
    public bool Succeeded => Compute?.ExitCode == 0 && Action is { Success: true, ResultCode: 0 } && !Aborted;
}
