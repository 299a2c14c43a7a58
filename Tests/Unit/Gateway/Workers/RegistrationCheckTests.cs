using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Workers;

public sealed class RegistrationCheckTests
{
    private static readonly string Manifest = new('1', 64);
    private static readonly string Tokenizer = new('2', 64);
    private static readonly ModelOffer Good = new("m", Manifest, Tokenizer, 1000, 4, new OfferedPrices(1, 1, 1));

    private static readonly Dictionary<string, CatalogModel> Models = new()
    {
        ["m"] = new CatalogModel("m", Manifest, Tokenizer, 1000, 100, new TokenPrices(new(1), new(1), new(1)), DateTimeOffset.UnixEpoch),
        ["e"] = new CatalogModel("e", Manifest, Tokenizer, 1000, 0, new TokenPrices(new(1), new(1), new(1)), DateTimeOffset.UnixEpoch, 384),
    };

    [Fact]
    public void FindFault_AsInTheCatalogue_IsNone() => Assert.Null(Check(Good));

    [Fact]
    public void FindFault_OtherModel_NamesTheField() => Assert.StartsWith("models.name:", Check(Good with { Name = "x" }), StringComparison.Ordinal);

    [Fact]
    public void FindFault_OtherBytes_NamesTheField() =>
        Assert.StartsWith("models.manifestSha256:", Check(Good with { ManifestSha256 = Tokenizer }), StringComparison.Ordinal);

    [Fact]
    public void FindFault_OtherTokenizer_NamesTheField() =>
        Assert.StartsWith("models.tokenizerSha256:", Check(Good with { TokenizerSha256 = Manifest }), StringComparison.Ordinal);

    [Fact]
    public void FindFault_LongerContextThanTheModelHas_NamesTheField() =>
        Assert.StartsWith("models.contextTokens:", Check(Good with { ContextTokens = 1001 }), StringComparison.Ordinal);

    [Theory]
    [InlineData("m", 384)]
    [InlineData("e", null)]
    [InlineData("e", 383)]
    public void FindFault_OtherTaskOrWidth_NamesTheField(string name, int? dimensions) =>
        Assert.StartsWith("models.embeddingDimensions:", Check(Good with { Name = name, EmbeddingDimensions = dimensions }), StringComparison.Ordinal);

    [Fact]
    public void FindFault_EmbeddingsAsInTheCatalogue_IsNone() => Assert.Null(Check(Good with { Name = "e", EmbeddingDimensions = 384 }));

    [Fact]
    public void FindFault_PriceThatOverflowsSums_NamesTheField() =>
        Assert.StartsWith("models.prices:", Check(Good with { Prices = new OfferedPrices(1, 1, RegistrationCheck.HighestPrice + 1) }), StringComparison.Ordinal);

    [Fact]
    public void FindFault_ProviderThatNoAccountCanHave_NamesTheField() => Assert.StartsWith("providerId:", Check(Good, "pro_vider"), StringComparison.Ordinal);

    private static string? Check(ModelOffer offer, string provider = "prov-1") =>
        RegistrationCheck.FindFault(new WorkerRegistration("w", provider, new EngineDescription("scripted", "1"), new string('0', 32), [offer]), Models);
}
