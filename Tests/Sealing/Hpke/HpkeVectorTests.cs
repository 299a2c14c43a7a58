using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Tests.Sealing.Hpke;

/// <summary>RFC 9180, appendix A, base mode: A.1.1, A.2.1, A.3.1 and A.5.1.</summary>
public sealed class HpkeVectorTests
{
    private const string Info = "4f6465206f6e2061204772656369616e2055726e";
    private const string Plaintext = "4265617574792069732074727574682c20747275746820626561757479";

    public static TheoryData<HpkeVector> Vectors =>
    [
        new HpkeVector
        {
            Section = "A.1.1",
            Kem = 0x0020,
            Aead = 1,
            EphemeralKey = "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
            RecipientKey = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
            RecipientPublicKey = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
            Encapsulation = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
            SharedSecret = "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
            FirstCiphertext = "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
            Exported = "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931",
        },
        new HpkeVector
        {
            Section = "A.2.1",
            Kem = 0x0020,
            Aead = 3,
            EphemeralKey = "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600",
            RecipientKey = "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
            RecipientPublicKey = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
            Encapsulation = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
            SharedSecret = "0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7",
            FirstCiphertext = "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
            Exported = "5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53",
        },
        new HpkeVector
        {
            Section = "A.3.1",
            Kem = 0x0010,
            Aead = 1,
            EphemeralKey = "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
            RecipientKey = "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
            RecipientPublicKey =
                "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
            Encapsulation =
                "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
            SharedSecret = "c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8",
            FirstCiphertext = "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
            Exported = "d8f1ea7942adbba7412c6d431c62d01371ea476b823eb697e1f6e6cae1dab85a",
        },
        new HpkeVector
        {
            Section = "A.5.1",
            Kem = 0x0010,
            Aead = 3,
            EphemeralKey = "7550253e1147aae48839c1f8af80d2770fb7a4c763afe7d0afa7e0f42a5b3689",
            RecipientKey = "a4d1c55836aa30f9b3fbb6ac98d338c877c2867dd3a77396d13f68d3ab150d3b",
            RecipientPublicKey =
                "04a697bffde9405c992883c5c439d6cc358170b51af72812333b015621dc0f40bad9bb726f68a5c013806a790ec716ab8669f84f6b694596c2987cf35baba2a006",
            Encapsulation =
                "04c07836a0206e04e31d8ae99bfd549380b072a1b1b82e563c935c095827824fc1559eac6fb9e3c70cd3193968994e7fe9781aa103f5b50e934b5b2f387e381291",
            SharedSecret = "806520f82ef0b03c823b7fc524b6b55a088f566b9751b89551c170f4113bd850",
            FirstCiphertext = "6469c41c5c81d3aa85432531ecf6460ec945bde1eb428cb2fedf7a29f5a685b4ccb0d057f03ea2952a27bb458b",
            SecondCiphertext = "f1564199f7e0e110ec9c1bcdde332177fc35c1adf6e57f8d1df24022227ffa8716862dbda2b1dc546c9d114374",
        },
    ];

    [Theory, MemberData(nameof(Vectors))]
    public void Sender_WithTheVectorsEphemeralKey_MakesItsBytes(HpkeVector vector)
    {
        var suite = vector.Suite;
        using var ephemeral = suite.Kem.Import(Hex(vector.EphemeralKey));
        var (encapsulation, secret) = (new byte[suite.Kem.PublicKeyBytes], new byte[Kem.SecretBytes]);
        Assert.True(suite.Kem.TryEncapsulate(Hex(vector.RecipientPublicKey), ephemeral, encapsulation, secret));
        using var context = HpkeContext.TrySetupSender(suite, Hex(vector.RecipientPublicKey), ephemeral, Hex(Info), encapsulation)!;

        Assert.Equal((vector.Encapsulation, vector.SharedSecret), (Convert.ToHexStringLower(encapsulation), Convert.ToHexStringLower(secret)));
        Assert.Equal(vector.FirstCiphertext, Seal(context, "Count-0"));
        var second = Seal(context, "Count-1");
        Assert.Equal(vector.SecondCiphertext ?? second, second);
        Assert.Equal(vector.Exported ?? Export(context), Export(context));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Recipient_OfTheVectorsBytes_OpensThem(HpkeVector vector)
    {
        using var key = vector.Suite.Kem.Import(Hex(vector.RecipientKey));
        using var context = HpkeContext.TrySetupRecipient(vector.Suite, key, Hex(vector.Encapsulation), Hex(Info))!;
        var plaintext = new byte[Plaintext.Length / 2];

        Assert.Equal(vector.RecipientPublicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.True(context.TryOpen("Count-0"u8, Hex(vector.FirstCiphertext), plaintext));
        Assert.Equal(Plaintext, Convert.ToHexStringLower(plaintext));
        Assert.Equal(vector.Exported ?? Export(context), Export(context));
    }

    private static string Seal(HpkeContext context, string aad)
    {
        var output = new byte[(Plaintext.Length / 2) + AeadKey.TagBytes];
        context.Seal(System.Text.Encoding.ASCII.GetBytes(aad), Hex(Plaintext), output);
        return Convert.ToHexStringLower(output);
    }

    private static string Export(HpkeContext context)
    {
        var exported = new byte[32];
        context.Export("TestContext"u8, exported);
        return Convert.ToHexStringLower(exported);
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
