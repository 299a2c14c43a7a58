using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Solvency;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Solvency;

/// <summary>A signed statement as it is published, and a debt with its path. Both are JSON; hashes and keys are hexadecimal, amounts decimal strings of nano.</summary>
/// <param name="Statement">What is stated.</param>
/// <param name="Key">The key of the operator's wallet, which signed it.</param>
/// <param name="Subwallet">With the key, this gives the wallet's address.</param>
/// <param name="Leaves">How many debts there are.</param>
/// <param name="Signature">Over the statement's cell.</param>
public sealed record SolvencyDocument(SolvencyStatement Statement, PublicKey Key, int Subwallet, int Leaves, Signature Signature)
{
    private const int Version = 1;
    private const int MostAssets = 1_000_000;
    private const int LongestPath = 64;

    /// <summary>Writes the document.</summary>
    public JsonObject Write() => new()
    {
        ["object"] = "solvency",
        ["version"] = Version,
        ["network"] = Statement.Network,
        ["time"] = Statement.Time,
        ["seqno"] = Statement.Seqno,
        ["root"] = Statement.Root.ToString(),
        ["leaves"] = Leaves,
        ["liabilities"] = Statement.Liabilities.ToString(),
        ["assets"] = new JsonArray([.. Statement.Assets.Select(asset => new JsonObject
        {
            ["kind"] = Word(asset.Kind),
            ["address"] = asset.Address.ToString(),
            ["amount"] = asset.Amount.ToString(),
        })]),
        ["asset_sum"] = Statement.AssetSum.ToString(),
        ["key"] = Key.ToString(),
        ["subwallet"] = Subwallet,
        ["signature"] = Convert.ToHexStringLower(Signature.ToArray()),
    };

    /// <summary>Reads a document. The signature is not checked.</summary>
    /// <exception cref="FormatException">It is none of this version.</exception>
    public static SolvencyDocument Read(JsonElement json) => Guarded(() =>
    {
        if (json.GetProperty("version").GetInt32() != Version || json.GetProperty("assets").GetArrayLength() > MostAssets)
        {
            throw new FormatException("another version, or too many assets");
        }

        return new SolvencyDocument(
            new SolvencyStatement(
                json.GetProperty("network").GetInt32(),
                json.GetProperty("time").GetUInt32(),
                json.GetProperty("seqno").GetUInt32(),
                Bits256.Parse(json.GetProperty("root").GetString(), "root"),
                Amount(json, "liabilities"),
                [
                    .. json.GetProperty("assets").EnumerateArray().Select(asset => new SolvencyAsset(
                        Kind(asset.GetProperty("kind").GetString()), TonAddress.ParseRaw(asset.GetProperty("address").GetString(), "address"), Amount(asset, "amount"))),
                ]),
            new PublicKey(Bits256.Parse(json.GetProperty("key").GetString(), "key")),
            json.GetProperty("subwallet").GetInt32(),
            json.GetProperty("leaves").GetInt32(),
            Signature.FromBytes(Convert.FromHexString(json.GetProperty("signature").GetString() ?? "")));
    });

    /// <summary>Writes a debt with its path.</summary>
    public static JsonObject WritePath(SumLeaf leaf, IReadOnlyList<SumStep> path)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return new JsonObject
        {
            ["account_id"] = leaf.AccountId,
            ["salt"] = Convert.ToHexStringLower(leaf.Salt.Span),
            ["amount"] = leaf.Amount.ToString(),
            ["path"] = new JsonArray([.. path.Select(step => new JsonObject
            {
                ["hash"] = Convert.ToHexStringLower(step.Beside.Hash.Span),
                ["sum"] = step.Beside.Sum.ToString(),
                ["side"] = step.IsLeft ? "left" : "right",
            })]),
        };
    }

    /// <summary>Reads a debt with its path.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static (SumLeaf Leaf, IReadOnlyList<SumStep> Path) ReadPath(JsonElement json) => Guarded<(SumLeaf, IReadOnlyList<SumStep>)>(() =>
    {
        JsonElement path = json.GetProperty("path");
        if (path.GetArrayLength() > LongestPath)
        {
            throw new FormatException("a path that no tree has");
        }

        return (
            new SumLeaf(json.GetProperty("account_id").GetString() ?? "", Convert.FromHexString(json.GetProperty("salt").GetString() ?? ""), Amount(json, "amount")),
            [
                .. path.EnumerateArray().Select(step => new SumStep(
                    new SumNode(Convert.FromHexString(step.GetProperty("hash").GetString() ?? ""), Amount(step, "sum")),
                    step.GetProperty("side").GetString() switch { "left" => true, "right" => false, _ => throw new FormatException("a side is left or right") })),
            ]);
    });

    private static Nano Amount(JsonElement json, string name) =>
        long.TryParse(json.GetProperty(name).GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out long nano)
            ? new Nano(nano)
            : throw new FormatException($"{name} is no amount of zero or more");

    private static string Word(SolvencyAssetKind kind) => kind switch
    {
        SolvencyAssetKind.Wallet => "wallet",
        SolvencyAssetKind.ProviderChannel => "provider_channel",
        _ => "client_channel",
    };

    private static SolvencyAssetKind Kind(string? word) => word switch
    {
        "wallet" => SolvencyAssetKind.Wallet,
        "provider_channel" => SolvencyAssetKind.ProviderChannel,
        "client_channel" => SolvencyAssetKind.ClientChannel,
        _ => throw new FormatException("an asset of an unknown kind"),
    };

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or TonFormatException or FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException($"The proof of solvency can't be read: {e.Message}", e);
        }
    }
}
