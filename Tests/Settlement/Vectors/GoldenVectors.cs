using System.Text.Json;

namespace CocoonOrleans.Tests.Settlement.Vectors;

/// <summary>What TON's JavaScript libraries made: <c>contracts/vectors/generate.mjs</c> writes the file.</summary>
internal sealed class GoldenVectors
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The file, in the tests' output folder.</summary>
    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "Vectors", "vectors.json");

    /// <summary>All of them.</summary>
    public static GoldenVectors All { get; } = JsonSerializer.Deserialize<GoldenVectors>(System.IO.File.ReadAllBytes(File), Web)!;

    public required Dictionary<string, CellVector> Cells { get; init; }

    public required Dictionary<string, AddressVector> Addresses { get; init; }

    public required Dictionary<string, string> Keys { get; init; }

    public required Dictionary<string, string> Signatures { get; init; }

    public required Dictionary<string, string> Codes { get; init; }

    public required MnemonicVector Mnemonic { get; init; }

    public required TransactionVector[] Transactions { get; init; }

    internal sealed record CellVector(string Hash, string[] Hashes, int Depth, string Checked, string Plain, string Indexed);

    internal sealed record AddressVector(string Raw, string Bounceable, string NonBounceable, string TestOnly, string Base64);

    internal sealed record MnemonicVector(string Words, string PublicKey, string WrongWords, bool WrongIsValid);

    internal sealed record MessageVector(
        string Kind,
        string? Source,
        string? Destination,
        string Value,
        bool Bounce,
        bool Bounced,
        string ForwardFee,
        string CreatedLt,
        bool HasInit,
        string Body);

    internal sealed record TransactionVector(
        string Boc,
        string Hash,
        string Account,
        string Lt,
        string PreviousLt,
        string PreviousHash,
        uint Time,
        string StatusBefore,
        string StatusAfter,
        string TotalFees,
        string StorageFees,
        int? ExitCode,
        string GasUsed,
        string GasFees,
        int? ActionResult,
        int? SkippedActions,
        int? MessagesCreated,
        bool Aborted,
        bool HasBouncePhase,
        bool Destroyed,
        MessageVector InMessage,
        MessageVector[] OutMessages);
}
