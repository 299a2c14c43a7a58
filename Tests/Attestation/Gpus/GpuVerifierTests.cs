using System.Text;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Tests.Attestation.Gpus;

/// <summary>The report of a real H100.</summary>
public sealed class GpuVerifierTests
{
    private static readonly DateTimeOffset Now = new(2025, 6, 25, 0, 0, 0, TimeSpan.Zero);

    [SkippableFact]
    public void Verify_RealReport_IsAcceptedAndRead()
    {
        var verdict = Verify(Report(), Chain(), Nonce());

        Assert.Null(verdict.Refusal);
        Assert.Equal("GH100 A01 GSP FMC LF", verdict.Device);
        Assert.Equal(("550.90.07", "96.00.9f.00.01"), (verdict.Report!.DriverVersion, verdict.Report.VbiosVersion));
        using var claims = System.Text.Json.JsonDocument.Parse(Vectors.Text("gpu/h100-report-a.parsed-claims.json"));
        var measurements = claims.RootElement.GetProperty("measurements");
        Assert.Equal(64, verdict.Report.Values.Count);
        Assert.All(verdict.Report.Values, value => Assert.Equal(measurements.GetProperty($"{value.Key}").GetString(), Convert.ToHexStringLower(value.Value.Span)));
        Assert.Equal(claims.RootElement.GetProperty("config").GetProperty("fwid").GetString(), Convert.ToHexStringLower(verdict.Report.FirmwareId.Span));
    }

    [SkippableFact]
    public void Verify_AnotherNonce_IsRefused() => Assert.Equal(RefusalCodes.GpuNonce, Verify(Report(), Chain(), new byte[32]).Refusal?.Code);

    [SkippableFact]
    public void Verify_AnyByteChanged_IsRefused()
    {
        var (report, chain, nonce) = (Report(), Chain(), Nonce());
        for (var index = 0; index < report.Length; index += 23)
        {
            var changed = (byte[])report.Clone();
            changed[index] ^= 0x10;
            var code = Verify(changed, chain, nonce).Refusal?.Code;

            Assert.True(code is RefusalCodes.GpuFormat or RefusalCodes.GpuSignature, $"Byte {index}: {code}");
        }
    }

    [SkippableFact]
    public void Verify_ReportCutOrLonger_IsRefused()
    {
        var report = Report();

        Assert.All((int[])[0, 3, 36, 37, 44, 1000, 4020, 4116], length => Assert.Equal(RefusalCodes.GpuFormat, Verify(report[..length], Chain(), Nonce()).Refusal?.Code));
        Assert.Equal(RefusalCodes.GpuFormat, Verify([.. report, 0], Chain(), Nonce()).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuFormat, Verify(new byte[GpuReport.LargestBytes + 1], Chain(), Nonce()).Refusal?.Code);
    }

    [SkippableTheory]
    [InlineData("without the leaf", "Length")]
    [InlineData("issuers swapped", "Issuer")]
    [InlineData("another root", "Root")]
    [InlineData("garbage", "Malformed")]
    public void Verify_ChainOfAnotherForm_IsRefusedByItsCode(string change, string code)
    {
        string[] parts = [.. Encoding.ASCII.GetString(Chain()).Split("-----END CERTIFICATE-----").Where(part => part.Trim().Length > 0).Select(part => part.Trim() + "\n-----END CERTIFICATE-----\n")];
        var chain = change switch
        {
            "without the leaf" => string.Concat(parts[1..]),
            "issuers swapped" => string.Concat((string[])[parts[0], parts[2], parts[1], parts[3], parts[4]]),
            "another root" => string.Concat((string[])[.. parts[..4], parts[3]]),
            _ => "hello",
        };

        Assert.Equal(typeof(ChainCodes).GetProperty(code)!.GetValue(ChainCodes.Gpu), Verify(Report(), Encoding.ASCII.GetBytes(chain), Nonce()).Refusal?.Code);
    }

    [SkippableFact]
    public void Verify_BeforeTheCertificates_IsRefused() =>
        Assert.Equal("gpu.chain.expired", GpuVerifier.Nvidia.Verify(Report(), Chain(), Nonce(), Now.AddYears(-10)).Refusal?.Code);

    private static GpuVerdict Verify(byte[] report, byte[] chain, byte[] nonce) => GpuVerifier.Nvidia.Verify(report, chain, nonce, Now);

    private static byte[] Report() => Convert.FromHexString(Vectors.Text("gpu/h100-report-a.hex").Trim());

    private static byte[] Chain() => Vectors.Bytes("gpu/h100-chain-a.pem");

    private static byte[] Nonce() => Report()[4..36];
}
