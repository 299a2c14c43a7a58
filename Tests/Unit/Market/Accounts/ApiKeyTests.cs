using System.Security.Cryptography;
using CocoonOrleans.Market.Accounts;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Accounts;

public sealed class ApiKeyTests
{
    // 32 bytes 0..31 in base64url.
    private const string Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    [Fact]
    public void Create_ReadAgain_NamesItsAccountAndMatches()
    {
        ApiKey created = ApiKey.Create("acct-1");

        Assert.True(ApiKey.TryParse(created.Reveal(), out ApiKey? read));
        Assert.Equal("acct-1", read.AccountId);
        Assert.Equal(created.KeyId, read.KeyId);
        Assert.StartsWith("acct-1.", read.KeyId, StringComparison.Ordinal);
        Assert.True(read.Matches(created.SecretHash.Span));
    }

    [Fact]
    public void Create_Twice_DiffersInIdAndSecret()
    {
        ApiKey first = ApiKey.Create("acct-1");
        ApiKey second = ApiKey.Create("acct-1");

        Assert.NotEqual(first.KeyId, second.KeyId);
        Assert.False(first.Matches(second.SecretHash.Span));
    }

    [Fact]
    public void TryParse_KnownKey_HashesTheSecretsBytes()
    {
        Assert.True(ApiKey.TryParse($"ck_acct-1.0123abcd_{Secret}", out ApiKey? key));

        Assert.Equal("acct-1.0123abcd", key.KeyId);
        Assert.Equal(SHA256.HashData([.. Enumerable.Range(0, 32).Select(i => (byte)i)]), key.SecretHash.ToArray());
    }

    [Fact]
    public void TryParse_SecretWithUnderscores_IsRead()
    {
        Assert.True(ApiKey.TryParse($"ck_acct-1.0123abcd___{Secret[2..]}", out ApiKey? key));

        Assert.Equal("acct-1.0123abcd", key.KeyId);
    }

    [Fact]
    public void ToString_AnyKey_KeepsTheSecret() => Assert.Equal("acct-1.0123abcd", Parse($"ck_acct-1.0123abcd_{Secret}").ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ck_")]
    [InlineData("sk_acct-1.0123abcd_" + Secret)]
    [InlineData("ck_acct-1.0123abcd" + Secret)]
    [InlineData("ck_acct-1_" + Secret)]
    [InlineData("ck_.0123abcd_" + Secret)]
    [InlineData("ck_acct 1.0123abcd_" + Secret)]
    [InlineData("ck_acct-1.0123ABCD_" + Secret)]
    [InlineData("ck_acct-1.0123abc_" + Secret)]
    [InlineData("ck_acct-1.0123abcd_" + Secret + "A")]
    [InlineData("ck_acct-1.0123abcd_!" + "AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")]
    [InlineData("ck_acct-1.0123abcd_AAEC AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh")]
    public void TryParse_NotAKey_IsRefused(string? text) => Assert.False(ApiKey.TryParse(text, out _));

    [Fact]
    public void TryParse_SecretWithLooseBits_IsRefused() => Assert.False(ApiKey.TryParse($"ck_acct-1.0123abcd_{Secret[..^1]}9", out _));

    [Fact]
    public void TryParse_AnyText_NeverThrowsAndReadsBackWhatItTakes() =>
        Gen.Select(Gen.Bool, Gen.String[Gen.Char["ck_acd-1.0123ABefZ= \n\u00e9"], 0, 50]).Sample((started, rest) =>
        {
            string text = started ? "ck_acct-1.0123abcd_" + rest : rest;
            Assert.True(!ApiKey.TryParse(text, out ApiKey? key) || key.Reveal() == text);
        });

    [Fact]
    public void TryParse_OneCharacterOfTheSecretChanged_NoLongerMatches()
    {
        ApiKey key = Parse($"ck_acct-1.0123abcd_{Secret}");

        Gen.Int[0, Secret.Length - 2].Sample(place =>
        {
            char[] changed = Secret.ToCharArray();
            changed[place] = changed[place] == 'x' ? 'y' : 'x';
            return !key.Matches(Parse($"ck_acct-1.0123abcd_{new string(changed)}").SecretHash.Span);
        });
    }

    [Fact]
    public void AccountId_Created_KeepsTheRuleAndRisesWithTime()
    {
        string id = AccountId.Create("acct", TimeProvider.System);

        Assert.True(AccountId.IsValid(id));
        Assert.Equal("acct-".Length + 20, id.Length);
        Assert.Throws<ArgumentException>(() => AccountId.Create("a_b", TimeProvider.System));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("A-9", true)]
    [InlineData("a.b", false)]
    [InlineData("a_b", false)]
    [InlineData("\u00e4", false)]
    public void AccountId_AnyText_IsJudged(string id, bool valid) => Assert.Equal(valid, AccountId.IsValid(id));

    [Fact]
    public void AccountId_SixtyFiveCharacters_IsTooLong()
    {
        Assert.True(AccountId.IsValid(new string('a', 64)));
        Assert.False(AccountId.IsValid(new string('a', 65)));
    }

    private static ApiKey Parse(string text)
    {
        Assert.True(ApiKey.TryParse(text, out ApiKey? key));
        return key;
    }
}
