using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Tests.Attestation.Verification;

/// <summary>Real quotes, with documents that Intel signed, at the time at which they were valid.</summary>
public sealed class RecordedQuoteTests
{
    /// <summary>What the messages of npm's <c>@phala/dcap-qvl</c> 0.3.9, an independent verifier, mean in our codes.</summary>
    private static readonly Dictionary<string, string> OracleMessages = new()
    {
        ["Fmspc mismatch"] = RefusalCodes.TcbFmspc,
        ["Certificate is expired or not yet valid"] = "pck.expired",
        ["Unsupported QE Identity id/version for the quote TEE type"] = RefusalCodes.QeIdentityId,
        ["No matching TCB level found"] = RefusalCodes.TcbUnsupported,
        ["Debug mode is enabled"] = RefusalCodes.TdDebug,
    };

    /// <summary>Where it gives another reason than we do, and why ours is right.</summary>
    private static readonly Dictionary<string, string> OracleDiffers = new()
    {
        ["phala-v4-a with sgx-00a067-2025-06"] = "The PCK CRL is of another issuer than the quote's certificate. It checks neither issuer, signature nor dates of a CRL, and stumbles later.",
        ["google-v4-spr-e4-junk with 50806f-2023-06"] = "39 bytes of text follow the quote. It ignores them, and refuses only because this platform is too old as well.",
    };

    public static TheoryData<string> Cases => [.. Vectors.Cases("manifest.json").Select(Name)];

    [SkippableTheory, MemberData(nameof(Cases))]
    public void Verify_RecordedCase_IsAsTheManifestSays(string name)
    {
        Vectors.Require();
        var recorded = Vectors.Cases("manifest.json").Single(candidate => Name(candidate) == name);
        var expected = Text(recorded, "expect");

        var verdict = Verify(Text(recorded, "quote"), Text(recorded, "collateral"), recorded.GetProperty("verifyAt").GetDateTimeOffset());

        if (expected.StartsWith("REJECT ", StringComparison.Ordinal))
        {
            Assert.Equal(expected["REJECT ".Length..], verdict.Refusal?.Code);

            // A second opinion, refreshed by nobody: where it differs, the list above must say why.
            var oracle = OracleMessages[Text(recorded, "oracleJs")["REJECT ".Length..]];
            Assert.Equal(OracleDiffers.ContainsKey(name), oracle != verdict.Refusal!.Code);
        }
        else
        {
            // The manifest's result is the status before the policy: only UpToDate passes without an exception, and SGX never does.
            Assert.Equal(expected, verdict.Tcb?.Status.ToString());
            Assert.Equal(Text(recorded, "oracleJs"), expected);
            Assert.Equal((expected, Text(recorded, "quote")) switch { (_, "sgx-v3") => RefusalCodes.PolicyTee, ("UpToDate", _) => null, _ => RefusalCodes.PolicyStatus }, verdict.Refusal?.Code);
        }
    }

    [SkippableFact]
    public void Verify_RealQuote_SaysEverythingThatACallerNeeds()
    {
        var verdict = Verify("phala-v4-a", "b0c06f-2025-06", At("2025-06-25T00:00:00Z"));

        Assert.True(verdict.IsAccepted, verdict.Refusal?.ToString());
        Assert.Equal(Assurance.Hardware, verdict.Assurance);
        Assert.Equal(At("2025-07-19T10:00:35Z"), verdict.ValidUntil); // The PCK CRL ends first.
        Assert.False(verdict.MustDrain);
        Assert.Equal("b0c06f000000", Convert.ToHexStringLower(verdict.Processor!.Fmspc.Span));
        Assert.Equal(Enum.GetValues<VerificationStep>(), verdict.Passed);
        Assert.Equal(17, verdict.Tcb!.EvaluationDataNumber);
        Assert.Equal((TcbStatus.UpToDate, TcbStatus.UpToDate), (verdict.Tcb.ModuleStatus, verdict.Tcb.QuotingEnclaveStatus));
    }

    /// <summary>The platform's own chain building, which reads no revocation list that it is handed, as a cross-check of ours.</summary>
    [SkippableTheory]
    [InlineData("2025-06-25T00:00:00Z")]
    [InlineData("2035-06-25T00:00:00Z")]
    public void Verify_PckChain_IsWhatThePlatformSays(string time)
    {
        var quote = System.Text.Encoding.Latin1.GetString(Vectors.Quote("phala-v4-a"));
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(quote.AsSpan(quote.IndexOf("-----BEGIN", StringComparison.Ordinal)));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificates[2]);
        chain.ChainPolicy.ExtraStore.Add(certificates[1]);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = At(time).UtcDateTime;

        Assert.Equal(chain.Build(certificates[0]), Verify("phala-v4-a", "b0c06f-2025-06", At(time)).Passed.Contains(VerificationStep.PckChain));
    }

    [SkippableFact]
    public void Verify_DebugTd_IsGenuineAndRefused()
    {
        var verdict = Verify("trustee-v4-debug", "50806f-2023-06", At("2023-06-28T00:00:00Z"));

        Assert.Equal(RefusalCodes.TdDebug, verdict.Refusal?.Code);
        Assert.Equal(TcbStatus.UpToDate, verdict.Tcb?.Status);
        Assert.Contains(VerificationStep.QuoteSignature, verdict.Passed);
    }

    [SkippableFact]
    public void Verify_OutOfDatePlatform_NamesTheAdvisories()
    {
        var verdict = Verify("zkdcap-v4-gcp", "00806f05-2025-01", At("2025-02-01T00:00:00Z"));

        Assert.Equal(3, verdict.Tcb?.Advisories.Count);
        Assert.All(verdict.Tcb!.Advisories, advisory => Assert.Contains(advisory, verdict.Refusal!.Reason, StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Verify_OutOfDatePlatformWithGrace_IsAcceptedUntilItsEnd()
    {
        var now = At("2025-02-01T00:00:00Z");
        var grace = new OutOfDateGrace("00806f050000", now.AddDays(-10), now.AddDays(30));
        var policy = new EvidencePolicy { Tcb = new TcbPolicy { Graces = [grace] } };
        var evidence = new Evidence { Quote = Vectors.Quote("zkdcap-v4-gcp"), Collateral = Vectors.Collateral("00806f05-2025-01") };
        var verifier = new EvidenceVerifier(TrustAnchor.Intel);

        Assert.Equal(now.AddDays(4), verifier.Verify(evidence, policy, now).ValidUntil);
        Assert.Null(verifier.Verify(evidence, policy, now.AddDays(4)).Refusal);
        Assert.Equal(RefusalCodes.PolicyStatus, verifier.Verify(evidence, policy, now.AddDays(4).AddTicks(1)).Refusal?.Code);
    }

    [Theory]
    [InlineData("intel-sgx-root-ca.der", "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3")]
    [InlineData("nvidia-reference-values-ca.der", "12977b5115acb0381179279fffeb5a8c4d264971ebb32298023a465fa41df5d1")]
    [InlineData("nvidia-device-identity-ca.der", "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48")]
    public void Root_Embedded_IsItsMakers(string name, string sha256)
    {
        using var stream = typeof(TrustAnchor).Assembly.GetManifestResourceStream(name)!;

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static EvidenceVerdict Verify(string quote, string collateral, DateTimeOffset at) => new EvidenceVerifier(TrustAnchor.Intel).Verify(
        new Evidence { Quote = Vectors.Quote(quote), Collateral = Vectors.Collateral(collateral) }, new EvidencePolicy(), at);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    private static string Name(JsonElement recorded) =>
        recorded.ValueKind == JsonValueKind.Undefined ? "(absent)" : $"{Text(recorded, "quote")} with {Text(recorded, "collateral")}";

    private static string Text(JsonElement recorded, string name) => recorded.GetProperty(name).GetString()!;
}
