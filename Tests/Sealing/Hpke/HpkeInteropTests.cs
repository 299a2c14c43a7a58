using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Tests.Sealing.Interop;

namespace CocoonOrleans.Tests.Sealing.Hpke;

/// <summary>Each key agreement with each cipher against npm's @hpke/core, in both directions.</summary>
public sealed class HpkeInteropTests
{
    private const string Info = "636f636f6f6e";
    private const string Aad = "616164";

    private static readonly string[] Messages = ["", "00", "68656c6c6f", Convert.ToHexStringLower(new byte[3000])];

    private static readonly HpkeSuite[] Suites =
        [.. from kem in (Kem[])[Kem.P256, Kem.X25519] from aead in Enum.GetValues<HpkeAead>() select new HpkeSuite(kem, aead)];

    [SkippableFact]
    public async Task Recipient_OfWhatAnotherImplementationSealed_OpensIt()
    {
        var keys = Suites.Select(suite => suite.Kem.Generate()).ToArray();
        var requests = Suites.Zip(keys, (suite, key) =>
            new HpkeRequest(suite.Kem.Id, (int)suite.Aead, Convert.ToHexStringLower(key.PublicKey), null, null, Info, Aad, Messages)).ToArray();

        var answers = await NodeSide.AskAsync<HpkeRequest[], HpkeAnswer[]>("hpke.mjs", "seal", requests);

        Assert.Equal(Suites.Length, answers.Length);
        foreach (var (suite, key, answer) in Suites.Zip(keys, answers))
        {
            using var context = HpkeContext.TrySetupRecipient(suite, key, Hex(answer.Encapsulation!), Hex(Info))!;
            Assert.Equal(Messages, answer.Messages.Select(message => Open(context, message)));
            Assert.Equal(answer.Exported, Export(context));
        }
    }

    [SkippableFact]
    public async Task Sender_ToAnotherImplementation_IsOpened()
    {
        var (requests, exported) = (new List<HpkeRequest>(), new List<string>());
        foreach (var suite in Suites)
        {
            var privateKey = Hex("7550253e1147aae48839c1f8af80d2770fb7a4c763afe7d0afa7e0f42a5b3689");
            using var key = suite.Kem.Import(privateKey);
            var encapsulation = new byte[suite.Kem.PublicKeyBytes];
            using var context = HpkeContext.TrySetupSender(suite, key.PublicKey, Hex(Info), encapsulation)!;
            requests.Add(new HpkeRequest(
                suite.Kem.Id, (int)suite.Aead, null, Convert.ToHexStringLower(privateKey), Convert.ToHexStringLower(encapsulation), Info, Aad,
                [.. Messages.Select(message => Seal(context, message))]));
            exported.Add(Export(context));
        }

        var answers = await NodeSide.AskAsync<HpkeRequest[], HpkeAnswer[]>("hpke.mjs", "open", [.. requests]);

        Assert.All(answers, answer => Assert.Equal(Messages, answer.Messages));
        Assert.Equal(exported, answers.Select(answer => answer.Exported));
    }

    private static string Seal(HpkeContext context, string message)
    {
        var output = new byte[(message.Length / 2) + AeadKey.TagBytes];
        context.Seal(Hex(Aad), Hex(message), output);
        return Convert.ToHexStringLower(output);
    }

    private static string Open(HpkeContext context, string message)
    {
        var plaintext = new byte[(message.Length / 2) - AeadKey.TagBytes];
        Assert.True(context.TryOpen(Hex(Aad), Hex(message), plaintext));
        return Convert.ToHexStringLower(plaintext);
    }

    private static string Export(HpkeContext context)
    {
        var exported = new byte[32];
        context.Export("exporter"u8, exported);
        return Convert.ToHexStringLower(exported);
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    private sealed record HpkeRequest(
        int Kem, int Aead, string? PublicKey, string? PrivateKey, string? Encapsulation, string Info, string Aad, string[] Messages);

    private sealed record HpkeAnswer(string? Encapsulation, string[] Messages, string Exported);
}
