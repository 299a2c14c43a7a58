using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Solvency;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Solvency;

namespace CocoonOrleans.Tests.Settlement.Solvency;

public sealed class SolvencyDocumentTests
{
    private static readonly SumLeaf Debt = new("acct-1", new byte[SumTree.SaltLength], new Nano(70));

    private static readonly SumLeaf Other = new("acct-2", new byte[SumTree.SaltLength], new Nano(30));

    private readonly SumTree _tree = new([Debt, Other]);
    private readonly SolvencyDocument _document;

    public SolvencyDocumentTests()
    {
        var statement = new SolvencyStatement(
            TonNetwork.Development,
            1_800_000_000,
            77,
            new Bits256(_tree.Root.Hash.Span),
            _tree.Root.Sum,
            [new SolvencyAsset(SolvencyAssetKind.Wallet, Sample.WalletV5.Address, new Nano(90)), new SolvencyAsset(SolvencyAssetKind.ClientChannel, Sample.WalletV4.Address, new Nano(10))]);
        _document = new SolvencyDocument(statement, Sample.PayerKey.PublicKey, 0, 2, statement.Sign(Sample.PayerKey));
    }

    [Fact]
    public void Read_WhatWasWritten_IsSignedAndSolvent()
    {
        SolvencyDocument read = SolvencyDocument.Read(Json(_document.Write()));

        Assert.True(read.Statement.IsSignedBy(read.Key, read.Signature));
        Assert.Equal((true, new Nano(100), _document.Statement.ToCell().Hash), (read.Statement.IsSolvent, read.Statement.AssetSum, read.Statement.ToCell().Hash));
        Assert.False((read.Statement with { Assets = [read.Statement.Assets[0]] }).IsSolvent);
    }

    [Fact]
    public void IsSignedBy_AnythingChanged_IsFalse()
    {
        SolvencyStatement statement = _document.Statement;
        SolvencyStatement[] changed =
        [
            statement with { Network = TonNetwork.Mainnet },
            statement with { Time = statement.Time + 1 },
            statement with { Seqno = 78 },
            statement with { Root = default },
            statement with { Liabilities = new Nano(99) },
            statement with { Assets = [statement.Assets[1], statement.Assets[0]] },
            statement with { Assets = [statement.Assets[0] with { Amount = new Nano(80) }, statement.Assets[1] with { Amount = new Nano(20) }] },
            statement with { Assets = [statement.Assets[0] with { Kind = SolvencyAssetKind.ProviderChannel }, statement.Assets[1]] },
        ];
        Assert.All(changed, other => Assert.False(other.IsSignedBy(_document.Key, _document.Signature)));
    }

    [Fact]
    public void ReadPath_WhatWasWritten_ComesToTheRoot()
    {
        (SumLeaf leaf, IReadOnlyList<SumStep> path) = SolvencyDocument.ReadPath(Json(SolvencyDocument.WritePath(Debt, _tree.PathOf(0))));

        Assert.Equal((Debt.AccountId, Debt.Amount), (leaf.AccountId, leaf.Amount));
        Assert.Equal(_tree.Root, SumTree.RootOf(leaf, path));
    }

    [Theory]
    [InlineData("version", "2")]
    [InlineData("root", "\"00\"")]
    [InlineData("liabilities", "\"-1\"")]
    [InlineData("liabilities", "100")]
    [InlineData("assets", "{}")]
    [InlineData("assets", "[{\"kind\":\"bank\",\"address\":\"0:00\",\"amount\":\"1\"}]")]
    [InlineData("signature", "\"00\"")]
    [InlineData("key", "null")]
    [InlineData("time", "-5")]
    [InlineData("seqno", "\"77\"")]
    public void Read_BadField_IsRefused(string field, string value)
    {
        JsonObject json = _document.Write();
        json[field] = JsonNode.Parse(value);
        Assert.Throws<FormatException>(() => SolvencyDocument.Read(Json(json)));
        json.Remove(field);
        Assert.Throws<FormatException>(() => SolvencyDocument.Read(Json(json)));
    }

    [Theory]
    [InlineData("salt", "\"xy\"")]
    [InlineData("amount", "\"-7\"")]
    [InlineData("path", "[{\"hash\":\"00\",\"sum\":\"1\",\"side\":\"above\"}]")]
    [InlineData("path", "7")]
    public void ReadPath_BadField_IsRefused(string field, string value)
    {
        JsonObject json = SolvencyDocument.WritePath(Debt, _tree.PathOf(0));
        json[field] = JsonNode.Parse(value);
        Assert.Throws<FormatException>(() => SolvencyDocument.ReadPath(Json(json)));
    }

    private static JsonElement Json(JsonObject json) => JsonElement.Parse(json.ToJsonString());
}
