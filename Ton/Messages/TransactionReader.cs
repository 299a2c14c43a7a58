using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>Reads transactions (block.tlb). The tree's depth is bounded by the layout, so is the time that it takes.</summary>
public static class TransactionReader
{
    private const int MaxOutMessages = 256;

    /// <summary>Reads one transaction.</summary>
    /// <exception cref="TonFormatException">The cell is no transaction.</exception>
    public static Transaction Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = Open(cell, "transaction");
        Expect(slice, 0b0111, 4, "transaction.tag");
        Bits256 account = slice.ReadBits256("transaction.account");
        ulong lt = slice.ReadUInt(64, "transaction.lt");
        Bits256 previousHash = slice.ReadBits256("transaction.previous hash");
        ulong previousLt = slice.ReadUInt(64, "transaction.previous lt");
        uint time = slice.ReadUInt32("transaction.time");
        int outCount = (int)slice.ReadUInt(15, "transaction.out messages");
        var before = (AccountStatus)slice.ReadUInt(2, "transaction.status before");
        var after = (AccountStatus)slice.ReadUInt(2, "transaction.status after");
        (Message? inMessage, IReadOnlyList<Message> outMessages) = ReadMessages(slice.ReadReference("transaction.messages"), outCount);
        Nano totalFees = Message.ReadCurrencies(slice, "transaction.fees");
        CellSlice update = Open(slice.ReadReference("transaction.update"), "transaction.update");
        Expect(update, 0x72, 8, "transaction.update");
        CellSlice description = Open(slice.ReadReference("transaction.description"), "transaction.description");
        slice.RequireEnd("transaction");

        var transaction = new Transaction
        {
            Hash = cell.Hash,
            Account = account,
            Lt = lt,
            PreviousHash = previousHash,
            PreviousLt = previousLt,
            Time = time,
            StatusBefore = before,
            StatusAfter = after,
            InMessage = inMessage,
            OutMessages = outMessages,
            TotalFees = totalFees,
        };
        return description.ReadUInt(4, "description.kind") == 0 ? ReadOrdinary(description, transaction) : transaction;
    }

    private static (Message? In, IReadOnlyList<Message> Out) ReadMessages(Cell cell, int count)
    {
        CellSlice slice = Open(cell, "transaction.messages");
        Cell? inCell = slice.ReadMaybeReference("transaction.in message");
        Cell? outRoot = slice.ReadMaybeReference("transaction.out messages");
        slice.RequireEnd("transaction.messages");

        var dictionary = CellDictionary.Read(outRoot, 15, "transaction.out messages", MaxOutMessages);
        if (dictionary.Count != count)
        {
            throw new TonFormatException("transaction.out messages", $"{dictionary.Count} messages where {count} are announced");
        }

        var outMessages = new List<Message>(count);
        foreach ((byte[] key, Cell leaf) in dictionary)
        {
            if (dictionary.NumberOf(key) != (ulong)outMessages.Count)
            {
                throw new TonFormatException("transaction.out messages", "the numbers are not in a row");
            }

            CellSlice value = leaf.BeginRead();
            outMessages.Add(Message.Read(value.ReadReference("transaction.out message")));
            value.RequireEnd("transaction.out message");
        }

        return (inCell is null ? null : Message.Read(inCell), outMessages);
    }

    private static Transaction ReadOrdinary(CellSlice slice, Transaction transaction)
    {
        slice.ReadBit("description.credit first");
        Nano storageFees = slice.ReadBit("storage") ? ReadStorage(slice) : Nano.Zero;
        if (slice.ReadBit("credit"))
        {
            ReadMaybeCoins(slice, "credit.due fees");
            Message.ReadCurrencies(slice, "credit.value");
        }

        ComputePhase compute = ReadCompute(slice);
        Cell? action = slice.ReadMaybeReference("action");
        bool aborted = slice.ReadBit("description.aborted");
        bool hasBounce = slice.ReadBit("bounce");
        if (hasBounce)
        {
            ReadBounce(slice);
        }

        bool destroyed = slice.ReadBit("description.destroyed");
        slice.RequireEnd("description");
        return transaction with
        {
            IsOrdinary = true,
            StorageFees = storageFees,
            Compute = compute,
            Action = action is null ? null : ReadAction(action),
            Aborted = aborted,
            HasBouncePhase = hasBounce,
            Destroyed = destroyed,
        };
    }

    private static Nano ReadStorage(CellSlice slice)
    {
        Nano collected = slice.ReadCoins("storage.fees");
        ReadMaybeCoins(slice, "storage.due");
        SkipStatusChange(slice, "storage.status");
        return collected;
    }

    private static ComputePhase ReadCompute(CellSlice slice)
    {
        if (!slice.ReadBit("compute"))
        {
            // No state, bad state, no gas; 110: suspended.
            if (slice.ReadUInt(2, "compute.skipped") == 0b11)
            {
                slice.ReadBit("compute.skipped");
            }

            return new ComputePhase(null, 0, Nano.Zero);
        }

        slice.ReadBit("compute.success");
        slice.ReadBit("compute.state used");
        slice.ReadBit("compute.activated");
        Nano fees = slice.ReadCoins("compute.fees");
        CellSlice vm = Open(slice.ReadReference("compute.vm"), "compute.vm");
        ulong gasUsed = ReadVarUInt(vm, 3, "compute.gas used");
        ReadVarUInt(vm, 3, "compute.gas limit");
        if (vm.ReadBit("compute.gas credit"))
        {
            ReadVarUInt(vm, 2, "compute.gas credit");
        }

        vm.ReadUInt(8, "compute.mode");
        int exitCode = (int)vm.ReadInt(32, "compute.exit code");
        if (vm.ReadBit("compute.exit argument"))
        {
            vm.ReadInt(32, "compute.exit argument");
        }

        vm.ReadUInt32("compute.steps");
        vm.ReadBits256("compute.first state");
        vm.ReadBits256("compute.last state");
        vm.RequireEnd("compute.vm");
        return new ComputePhase(exitCode, gasUsed, fees);
    }

    private static ActionPhase ReadAction(Cell cell)
    {
        CellSlice slice = Open(cell, "action");
        bool success = slice.ReadBit("action.success");
        slice.ReadBit("action.valid");
        slice.ReadBit("action.no funds");
        SkipStatusChange(slice, "action.status");
        ReadMaybeCoins(slice, "action.forward fees");
        ReadMaybeCoins(slice, "action.fees");
        int resultCode = (int)slice.ReadInt(32, "action.result code");
        if (slice.ReadBit("action.result argument"))
        {
            slice.ReadInt(32, "action.result argument");
        }

        slice.ReadUInt(16, "action.count");
        slice.ReadUInt(16, "action.special");
        int skipped = (int)slice.ReadUInt(16, "action.skipped");
        int created = (int)slice.ReadUInt(16, "action.messages");
        slice.ReadBits256("action.list hash");
        SkipStorageUsed(slice, "action.size");
        slice.RequireEnd("action");
        return new ActionPhase(success, resultCode, skipped, created);
    }

    private static void ReadBounce(CellSlice slice)
    {
        if (slice.ReadBit("bounce.kind"))
        {
            SkipStorageUsed(slice, "bounce.size");
            slice.ReadCoins("bounce.message fees");
            slice.ReadCoins("bounce.forward fees");
        }
        else if (slice.ReadBit("bounce.kind"))
        {
            SkipStorageUsed(slice, "bounce.size");
            slice.ReadCoins("bounce.needed fees");
        }
    }

    private static CellSlice Open(Cell cell, string field) => cell.Kind == CellKind.Ordinary
        ? cell.BeginRead()
        : throw new TonFormatException(field, "an exotic cell");

    private static void Expect(CellSlice slice, ulong tag, int bits, string field)
    {
        if (slice.ReadUInt(bits, field) != tag)
        {
            throw new TonFormatException(field, "another tag");
        }
    }

    private static void ReadMaybeCoins(CellSlice slice, string field)
    {
        if (slice.ReadBit(field))
        {
            slice.ReadCoins(field);
        }
    }

    /// <summary>VarUInteger n: the number of bytes in as many bits as a number below n needs, then the bytes.</summary>
    private static ulong ReadVarUInt(CellSlice slice, int lengthBits, string field) => slice.ReadUInt(8 * (int)slice.ReadUInt(lengthBits, field), field);

    private static void SkipStatusChange(CellSlice slice, string field)
    {
        if (slice.ReadBit(field))
        {
            slice.ReadBit(field);
        }
    }

    private static void SkipStorageUsed(CellSlice slice, string field)
    {
        ReadVarUInt(slice, 3, field);
        ReadVarUInt(slice, 3, field);
    }
}
