using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Attestation.Verification;

/// <summary>
/// A real quote and its collateral, changed at random: nothing throws, nothing makes the verifier fail, and what is accepted says the same as before.
/// </summary>
[Trait(LongRun.Trait, LongRun.Category)]
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int DefaultCount = 400;
    private const string CollateralName = "collateral/b0c06f-2025-06.json";

    private static readonly DateTimeOffset Now = new(2025, 6, 25, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Members =
    [
        "tcb_info", "tcb_info_signature", "tcb_info_issuer_chain", "qe_identity", "qe_identity_signature", "qe_identity_issuer_chain", "root_ca_crl", "pck_crl",
    ];

    [SkippableFact]
    public void Verify_QuoteChangedAtRandom_IsRefusedOrSaysTheSame()
    {
        var original = Vectors.Quote("phala-v4-a");
        Assert.True(Quote.TryParse(original, out var expected, out _));
        var verifier = new EvidenceVerifier(TrustAnchor.Intel);
        var collateral = Vectors.Collateral("b0c06f-2025-06");
        Run((random, tally) =>
        {
            var quote = Mutate(original, random);
            var verdict = verifier.Verify(new Evidence { Quote = quote, Collateral = collateral }, new EvidencePolicy(), Now);

            Assert.NotEqual(RefusalCodes.Fault, verdict.Refusal?.Code);
            if (verdict.IsAccepted)
            {
                Assert.True(expected!.SignedPart.Span.SequenceEqual(verdict.Quote!.SignedPart.Span));
                Assert.True(expected.QuotingEnclave.Bytes.Span.SequenceEqual(verdict.Quote.QuotingEnclave.Bytes.Span));
            }

            tally(verdict.Refusal?.Code);
        });
    }

    [SkippableFact]
    public void Verify_CollateralChangedAtRandom_IsRefusedOrTheSame()
    {
        var text = Vectors.Text(CollateralName);
        var quote = Vectors.Quote("phala-v4-a");
        var verifier = new EvidenceVerifier(TrustAnchor.Intel);
        Run((random, tally) =>
        {
            var set = JsonNode.Parse(text)!.AsObject();
            var member = Members[random.Next(Members.Length)];
            var before = set[member]!.GetValue<string>();
            var after = Mutate(before, random);
            set[member] = after;
            if (!Collateral.TryParse(JsonSerializer.SerializeToUtf8Bytes(set), out var collateral, out var refusal))
            {
                Assert.NotEqual(RefusalCodes.Fault, refusal?.Code);
                tally(refusal?.Code);
                return;
            }

            var verdict = verifier.Verify(new Evidence { Quote = quote, Collateral = collateral! }, new EvidencePolicy(), Now);

            Assert.NotEqual(RefusalCodes.Fault, verdict.Refusal?.Code);

            // White space in PEM and letter case of hex carry nothing; anything else must be refused.
            Assert.True(!verdict.IsAccepted || Same(member, before, after), $"{member} was changed and accepted.");
            tally(verdict.Refusal?.Code);
        });
    }

    [SkippableFact]
    public void TryParse_CollateralFileChangedAtRandom_NeverFails()
    {
        var file = Vectors.Bytes(CollateralName);
        Run((random, tally) =>
        {
            Collateral.TryParse(Mutate(file, random), out _, out var refusal);
            Assert.NotEqual(RefusalCodes.Fault, refusal?.Code);
            tally(refusal?.Code);
        });
    }

    private void Run(Action<Random, Action<string?>> mutation)
    {
        var count = LongRun.Rounds(DefaultCount, 250_000);
        var seed = LongRun.Seed(1);
        output.WriteLine($"{count} mutations from seed {seed} on");
        var tallies = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < count; index++)
        {
            try
            {
                // One seed per mutation: the one that fails can be repeated alone.
                mutation(new Random(seed + index), code => tallies[code ?? "accepted"] = tallies.GetValueOrDefault(code ?? "accepted") + 1);
            }
            catch (Exception exception)
            {
                throw new Xunit.Sdk.XunitException($"Seed {seed + index} (COCOON_SEED={seed + index} COCOON_ROUNDS=1): {exception}");
            }
        }

        foreach (var (code, times) in tallies)
        {
            output.WriteLine($"{times,7} {code}");
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var offset = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[offset] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[offset] = (byte)random.Next(256);
                    break;
                case 2:
                    // A length field at its edges.
                    bytes.AsSpan(offset, Math.Min(4, bytes.Length - offset)).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                    break;
                default:
                    var from = random.Next(bytes.Length);
                    bytes.AsSpan(from, Math.Min(random.Next(1, 64), bytes.Length - Math.Max(from, offset))).CopyTo(bytes.AsSpan(offset));
                    break;
            }
        }

        return random.Next(8) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes, .. new byte[random.Next(64)]],
            _ => bytes,
        };
    }

    private static string Mutate(string original, Random random)
    {
        const string Letters = "0123456789ABCDEFabcdef{}[]\",: +/=-";
        var offset = random.Next(original.Length);
        var letter = Letters[random.Next(Letters.Length)];
        return random.Next(4) switch
        {
            0 => original.Remove(offset, 1),
            1 => original.Insert(offset, letter.ToString()),
            2 => original[..offset],
            _ => original.Remove(offset, 1).Insert(offset, letter.ToString()),
        };
    }

    private static bool Same(string member, string before, string after) => member.EndsWith("chain", StringComparison.Ordinal)
        ? string.Concat(before.Where(letter => !char.IsWhiteSpace(letter))) == string.Concat(after.Where(letter => !char.IsWhiteSpace(letter)))
        : string.Equals(before, after, member is "tcb_info" or "qe_identity" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
}
