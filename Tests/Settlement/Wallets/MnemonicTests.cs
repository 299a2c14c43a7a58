using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Wallets;

public sealed class MnemonicTests
{
    [Fact]
    public void DeriveKey_OfTheirWords_IsTheirKey()
    {
        var expected = GoldenVectors.All.Mnemonic;
        using SigningKey key = Mnemonic.Parse(expected.Words).DeriveKey();
        using SigningKey shouted = Mnemonic.Parse($"  {expected.Words.ToUpperInvariant().Replace(" ", "\n", StringComparison.Ordinal)} ").DeriveKey();

        Assert.Equal(expected.PublicKey, key.PublicKey.ToString());
        Assert.Equal(key.PublicKey, shouted.PublicKey);
    }

    [Fact]
    public void Parse_OneWordWrong_IsRefusedWithoutShowingWords()
    {
        var vector = GoldenVectors.All.Mnemonic;
        Assert.False(vector.WrongIsValid);

        var refusal = Assert.Throws<TonFormatException>(() => Mnemonic.Parse(vector.WrongWords));
        Assert.Equal("mnemonic", refusal.Field);
        Assert.DoesNotContain(vector.Words.Split(' ')[1], refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abandon")]
    [InlineData("a b c d e f g h i j k l m n o p q r s t u v w überall")]
    public void Parse_OtherText_IsRefused(string phrase) =>
        Assert.Equal("mnemonic", Assert.Throws<TonFormatException>(() => Mnemonic.Parse(phrase)).Field);
}
