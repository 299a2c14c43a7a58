using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Ton.Registries;

/// <summary>
/// A proposal or a veto on its way between the owners of a registry: a file, to which each adds a signature where its key is, without a network. The owners stand in
/// it so that a signature finds its number; the chain has the last word.
/// </summary>
public sealed class RegistryPaper
{
    /// <summary>The longest file that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private const string Format = "cocoon-registry-v1";

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    private RegistryPaper(RegistryProposal? proposal, RegistryVeto? veto, RegistryOwners owners, IReadOnlyDictionary<byte, Signature> signatures)
    {
        (Proposal, Veto, Owners, Signatures) = (proposal, veto, owners, signatures);
        Cell = proposal?.ToCell() ?? veto!.ToCell();
    }

    /// <summary>What is proposed; null for a veto.</summary>
    public RegistryProposal? Proposal { get; }

    /// <summary>What is stopped; null for a proposal.</summary>
    public RegistryVeto? Veto { get; }

    /// <summary>The owners, as the chain named them when the paper was made.</summary>
    public RegistryOwners Owners { get; }

    /// <summary>Good signatures by the owners' numbers.</summary>
    public IReadOnlyDictionary<byte, Signature> Signatures { get; }

    /// <summary>What is signed.</summary>
    public Cell Cell { get; }

    /// <summary>The network that it is for.</summary>
    public int Network => Proposal?.Network ?? Veto!.Network;

    /// <summary>The registry that it is for.</summary>
    public TonAddress Registry => Proposal?.Registry ?? Veto!.Registry;

    /// <summary>The proposal's number.</summary>
    public uint Number => Proposal?.Number ?? Veto!.Number;

    /// <summary>Until when it may be brought, Unix time in seconds.</summary>
    public uint ValidUntil => Proposal?.ValidUntil ?? Veto!.ValidUntil;

    /// <summary>How many signatures it needs.</summary>
    public int Needed => Proposal is null ? Owners.NeededForVeto : Owners.Needed;

    /// <summary>A proposal that nobody signed yet.</summary>
    public static RegistryPaper Of(RegistryProposal proposal, RegistryOwners owners)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(owners);
        return new RegistryPaper(proposal, null, owners, new Dictionary<byte, Signature>());
    }

    /// <summary>A veto that nobody signed yet.</summary>
    public static RegistryPaper Of(RegistryVeto veto, RegistryOwners owners)
    {
        ArgumentNullException.ThrowIfNull(veto);
        ArgumentNullException.ThrowIfNull(owners);
        return new RegistryPaper(null, veto, owners, new Dictionary<byte, Signature>());
    }

    /// <summary>Reads a file. Each signature in it is checked.</summary>
    /// <exception cref="TonFormatException">It is none, or a signature is wrong.</exception>
    public static RegistryPaper Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxBytes)
        {
            throw new TonFormatException("file", $"more than {MaxBytes} bytes");
        }

        Content content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(file, Layout) ?? throw new TonFormatException("file", "it is empty");
        }
        catch (JsonException malformed)
        {
            throw new TonFormatException("file", $"it is no proposal and no veto ({malformed.Path ?? "not JSON"})");
        }

        if (content.Format != Format)
        {
            throw new TonFormatException("format", $"{Format} is needed");
        }

        Cell cell = Boc.ParseBase64(content.Cell, "cell", BocLimits.External);
        var owners = new RegistryOwners(
            content.Needed, content.Owners.ToDictionary(owner => NumberOf(owner.Key, "owners"), owner => new PublicKey(Bits256.Parse(owner.Value, $"owners.{owner.Key}"))));
        RegistryPaper unsigned = content.What switch
        {
            "proposal" => Of(RegistryProposal.Read(cell), owners),
            "veto" => Of(RegistryVeto.Read(cell), owners),
            _ => throw new TonFormatException("what", "proposal or veto is needed"),
        };

        var signatures = new Dictionary<byte, Signature>();
        foreach ((string name, string text) in content.Signatures)
        {
            byte number = NumberOf(name, "signatures");
            Signature signature = text.Length == 4 * Bits256.Length
                ? new Signature(Bits256.Parse(text[..(2 * Bits256.Length)], $"signatures.{name}"), Bits256.Parse(text[(2 * Bits256.Length)..], $"signatures.{name}"))
                : throw new TonFormatException($"signatures.{name}", "128 hexadecimal digits are needed");
            signatures[number] = owners.Keys.TryGetValue(number, out PublicKey key) && key.Verifies(unsigned.Cell, signature)
                ? signature
                : throw new TonFormatException($"signatures.{name}", "it is not this owner's signature of this");
        }

        return unsigned.With(signatures);
    }

    /// <summary>The file.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new Content(
            Format,
            Proposal is null ? "veto" : "proposal",
            Owners.Needed,
            Owners.Keys.OrderBy(owner => owner.Key).ToDictionary(owner => NameOf(owner.Key), owner => owner.Value.ToString()),
            Convert.ToBase64String(Boc.Write(Cell)),
            Signatures.OrderBy(signature => signature.Key).ToDictionary(signature => NameOf(signature.Key), signature => signature.Value.ToString())),
        Layout);

    /// <summary>The paper with one owner's signature more.</summary>
    /// <exception cref="TonFormatException">The key is no owner's.</exception>
    public RegistryPaper Sign(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] numbers = [.. Owners.Keys.Where(owner => owner.Value == key.PublicKey).Select(owner => owner.Key)];
        return numbers is [byte number]
            ? With(new Dictionary<byte, Signature>(Signatures) { [number] = key.Sign(Cell) })
            : throw new TonFormatException("owners", $"{key.PublicKey} is no owner of this registry");
    }

    /// <summary>The paper with the signatures of another copy.</summary>
    /// <exception cref="TonFormatException">The other is of something else.</exception>
    public RegistryPaper Merge(RegistryPaper other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Cell.Hash != Cell.Hash || other.Owners.ToCell().Hash != Owners.ToCell().Hash)
        {
            throw new TonFormatException("cell", "the files are not copies of one proposal or veto");
        }

        var all = new Dictionary<byte, Signature>(Signatures);
        foreach ((byte number, Signature signature) in other.Signatures)
        {
            all[number] = signature;
        }

        return With(all);
    }

    /// <summary>The message that brings it to the registry, with as many signatures as are needed: more cost gas.</summary>
    public Cell ToMessage(ulong queryId)
    {
        var signatures = Signatures.OrderBy(signature => signature.Key).Take(Needed).ToDictionary();
        return Proposal is { } proposal ? RegistryMessages.Propose(queryId, proposal, signatures) : RegistryMessages.Cancel(queryId, Veto!, signatures);
    }

    private static byte NumberOf(string text, string field) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) && NameOf(number) == text
        ? number
        : throw new TonFormatException(field, "numbers from 0 to 255 are needed");

    private static string NameOf(byte number) => number.ToString(CultureInfo.InvariantCulture);

    private RegistryPaper With(IReadOnlyDictionary<byte, Signature> signatures) => new(Proposal, Veto, Owners, signatures);

    private sealed record Content(string Format, string What, int Needed, Dictionary<string, string> Owners, string Cell, Dictionary<string, string> Signatures);
}
