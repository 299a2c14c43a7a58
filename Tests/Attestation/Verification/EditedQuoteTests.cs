using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Tests.Attestation.Verification;

/// <summary>One real quote that is accepted, and edits of it and of its collateral.</summary>
public sealed class EditedQuoteTests
{
    private const string QuoteName = "phala-v4-a";
    private const string CollateralName = "b0c06f-2025-06";
    private const int SignatureOffset = 636;
    private const int PemOffset = 1258;

    private static readonly DateTimeOffset Now = new(2025, 6, 25, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where our code for an edit is another one than the recipe's, which only asks for the same class of refusal.</summary>
    private static readonly Dictionary<string, string> OtherCodes = new()
    {
        ["header.teeType=0 (SGX)"] = RefusalCodes.QuoteTeeType, // SGX never made quotes of version 4: said at once.
        ["certLen huge"] = RefusalCodes.QuoteTruncated,
        ["pem leaf body"] = "pck.issuer", // Still base64 and DER: one letter of a name is another.
        ["qeAuthLen"] = RefusalCodes.QuoteCertificationType, // One byte more: the next field is read one byte later.
    };

    public static TheoryData<string> Recipes => [.. Vectors.Cases("tamper-quote.json").Select(Name)];

    [SkippableTheory, MemberData(nameof(Recipes))]
    public void Verify_EditedQuote_IsRefusedAsTheRecipeSays(string name)
    {
        Vectors.Require();
        var recipe = Vectors.Cases("tamper-quote.json").Single(candidate => Name(candidate) == name);
        var expected = recipe.GetProperty("expect").GetString()!["REJECT ".Length..];

        Assert.Equal(OtherCodes.GetValueOrDefault(name, expected), Verify(Edit(recipe)).Refusal?.Code);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(60_000)]
    public void Verify_ZerosBehindTheQuote_AreTolerated(int count) => Assert.Null(Verify([.. Quote(), .. new byte[count]]).Refusal);

    [SkippableFact]
    public void Verify_MoreThan64KiB_IsRefusedByItsSize() =>
        Assert.Equal(RefusalCodes.QuoteSize, Verify([.. Quote(), .. new byte[64 * 1024]]).Refusal?.Code);

    /// <summary>ECDSA takes (r, n - s) where it takes (r, s): so a quote's hash is no identity, and nothing in the verifier uses it as one.</summary>
    [SkippableFact]
    public void Verify_SignatureRewritten_IsTheSameQuote()
    {
        var order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, null);
        var quote = Quote();
        var s = quote.AsSpan(SignatureOffset + 32, 32);
        var other = (order - new BigInteger(s, isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        s.Clear();
        other.CopyTo(s[(32 - other.Length)..]);

        Assert.NotEqual(Quote(), quote);
        Assert.Null(Verify(quote).Refusal);
    }

    [SkippableTheory]
    [InlineData(3, "pck.root")] // leaf, CA, root -> root, CA, leaf
    [InlineData(4, "pck.length")] // a fourth certificate
    public void Verify_ChainOfOtherOrder_IsRefused(int certificates, string code)
    {
        var quote = Quote();
        var pem = Encoding.ASCII.GetString(quote, PemOffset, quote.Length - PemOffset).TrimEnd('\0', '\n');
        string[] parts = [.. pem.Split("-----END CERTIFICATE-----", StringSplitOptions.RemoveEmptyEntries).Where(part => part.Trim().Length > 0).Select(part => part.Trim() + "\n-----END CERTIFICATE-----\n")];
        string[] reordered = certificates == 3 ? [parts[2], parts[1], parts[0]] : [parts[0], parts[1], parts[2], parts[2]];

        Assert.Equal(code, Verify(WithPem(quote, string.Concat(reordered))).Refusal?.Code);
    }

    [SkippableFact]
    public void Verify_TextBehindTheChain_IsRefused()
    {
        var quote = Quote();
        var pem = Encoding.ASCII.GetString(quote, PemOffset, quote.Length - PemOffset).TrimEnd('\0', '\n');

        Assert.Equal("pck.malformed", Verify(WithPem(quote, pem + "\nand more\n")).Refusal?.Code);
    }

    [SkippableFact]
    public void Verify_ReportOfAnotherQuotingEnclave_IsRefused()
    {
        var (quote, other) = (Quote(), Vectors.Quote("phala-v4-near"));
        other.AsSpan(770, 384 + 64).CopyTo(quote.AsSpan(770)); // Report and signature: of another processor.

        Assert.Equal(RefusalCodes.QeSignature, Verify(quote).Refusal?.Code);
    }

    [SkippableFact]
    public void Verify_BodyOfVersion4CalledVersion5_IsRefused()
    {
        var quote = Quote();
        quote[0] = 5;

        Assert.Equal(RefusalCodes.QuoteBodyType, Verify(quote).Refusal?.Code);
    }

    [SkippableTheory]
    [InlineData("tcb_info", " ", RefusalCodes.TcbSignature)]
    [InlineData("qe_identity", " ", RefusalCodes.QeIdentitySignature)]
    public void Verify_OneSpaceMoreInASignedDocument_IsRefused(string member, string suffix, string code) =>
        Assert.Equal(code, Verify(Quote(), collateral => collateral[member] = collateral[member]!.GetValue<string>() + suffix).Refusal?.Code);

    [SkippableTheory]
    [InlineData("tcb_info", "\"svn\":5", "\"svn\":4", RefusalCodes.TcbSignature)]
    [InlineData("tcb_info", "2025-07-19", "2026-07-19", RefusalCodes.TcbSignature)]
    [InlineData("qe_identity", "\"isvsvn\":4", "\"isvsvn\":1", RefusalCodes.QeIdentitySignature)]
    public void Verify_SignedDocumentEdited_IsRefused(string member, string from, string to, string code) => Assert.Equal(
        code,
        Verify(Quote(), collateral =>
        {
            var text = collateral[member]!.GetValue<string>();
            Assert.Contains(from, text, StringComparison.Ordinal);
            collateral[member] = text.Replace(from, to, StringComparison.Ordinal);
        }).Refusal?.Code);

    [SkippableTheory]
    [InlineData("2025-06-19T10:16:02Z", RefusalCodes.TcbExpired)] // One second before the TCB info was issued.
    [InlineData("2025-06-19T10:32:26Z", RefusalCodes.QeIdentityExpired)]
    [InlineData("2025-06-19T10:00:34Z", RefusalCodes.CrlExpired)]
    [InlineData("2025-07-19T10:00:36Z", RefusalCodes.CrlExpired)]
    [InlineData("2035-01-01T00:00:00Z", "pck.expired")]
    public void Verify_ClockOutsideOfADocument_IsRefused(string at, string code)
    {
        var verifier = new EvidenceVerifier(TrustAnchor.Intel);
        var evidence = new Evidence { Quote = Quote(), Collateral = Vectors.Collateral(CollateralName) };
        var then = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(code, verifier.Verify(evidence, new EvidencePolicy(), then).Refusal?.Code);
        Assert.Null(verifier.Verify(evidence, new EvidencePolicy(), Now).Refusal);

        // The collateral is remembered by now: the clock is asked anyway.
        Assert.Equal(code, verifier.Verify(evidence, new EvidencePolicy(), then).Refusal?.Code);
    }

    [SkippableTheory]
    [InlineData("root_ca_crl")]
    [InlineData("pck_crl")]
    public void Verify_AnyByteOfACrlChanged_IsRefused(string member) =>
        AssertNoneAccepted(member, json => Convert.FromHexString(json), bytes => Convert.ToHexStringLower(bytes), step: 7);

    [SkippableTheory]
    [InlineData("tcb_info_issuer_chain")]
    [InlineData("qe_identity_issuer_chain")]
    public void Verify_AnyCharacterOfAChainChanged_IsRefusedOrTheSameChain(string member)
    {
        var collateral = JsonNode.Parse(Vectors.Text($"collateral/{CollateralName}.json"))!.AsObject();
        var chain = collateral[member]!.GetValue<string>();
        for (var index = 0; index < chain.Length; index += 7)
        {
            // Between the certificates only white space stands, and which is nobody's concern.
            if (char.IsWhiteSpace(chain[index]))
            {
                continue;
            }

            var edited = chain.Remove(index, 1).Insert(index, chain[index] == 'A' ? "B" : "A");

            Assert.NotNull(Verify(Quote(), set => set[member] = edited).Refusal);
        }
    }

    private static void AssertNoneAccepted(string member, Func<string, byte[]> read, Func<byte[], string> write, int step)
    {
        var bytes = read(JsonNode.Parse(Vectors.Text($"collateral/{CollateralName}.json"))![member]!.GetValue<string>());
        for (var index = 0; index < bytes.Length; index += bytes.Length > 1000 ? step : 1)
        {
            var edited = (byte[])bytes.Clone();
            edited[index] ^= (byte)(1 << (index % 8));

            Assert.True(Verify(Quote(), collateral => collateral[member] = write(edited)).Refusal is not null, $"{member} with byte {index} changed was accepted.");
        }
    }

    private static byte[] Quote() => Vectors.Quote(QuoteName);

    private static EvidenceVerdict Verify(byte[] quote, Action<JsonObject>? edit = null)
    {
        var collateral = JsonNode.Parse(Vectors.Text($"collateral/{CollateralName}.json"))!.AsObject();
        edit?.Invoke(collateral);
        var evidence = new Evidence { Quote = quote, Collateral = Vectors.ReadCollateral(JsonSerializer.SerializeToUtf8Bytes(collateral)) };
        return new EvidenceVerifier(TrustAnchor.Intel).Verify(evidence, new EvidencePolicy(), Now);
    }

    private static byte[] WithPem(byte[] quote, string pem)
    {
        var bytes = Encoding.ASCII.GetBytes(pem);
        byte[] edited = [.. quote.AsSpan(0, PemOffset), .. bytes];
        BitConverter.TryWriteBytes(edited.AsSpan(PemOffset - 4), bytes.Length);
        BitConverter.TryWriteBytes(edited.AsSpan(766), PemOffset - 770 + bytes.Length);
        BitConverter.TryWriteBytes(edited.AsSpan(632), PemOffset - 636 + bytes.Length);
        return edited;
    }

    private static byte[] Edit(JsonElement recipe)
    {
        var quote = Quote();
        var offset = recipe.GetProperty("offset").GetInt32();
        var value = Convert.FromHexString(recipe.GetProperty("value").GetString()!);
        switch (recipe.GetProperty("op").GetString())
        {
            case "set":
                value.CopyTo(quote, offset);
                return quote;
            case "xor":
                quote[offset] ^= value[0];
                return quote;
            case "sub1":
                quote[offset]--;
                return quote;
            case "trunc":
                return quote[..offset];
            default:
                throw new InvalidDataException($"No such edit: {recipe}");
        }
    }

    private static string Name(JsonElement recipe) => recipe.ValueKind == JsonValueKind.Undefined ? "(absent)" : recipe.GetProperty("name").GetString()!;
}
