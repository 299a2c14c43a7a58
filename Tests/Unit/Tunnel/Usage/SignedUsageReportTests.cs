using System.Text;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tunnel.Usage;

public sealed class SignedUsageReportTests : IDisposable
{
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void Check_AsSigned_GivesTheReport()
    {
        UsageReport report = Samples.Report(_worker.Id);
        UsageReportCheck check = SignedUsageReport.Sign(report, _worker).Check(_worker.PublicKey);
        Assert.Equal(report, check.Report);
    }

    [Fact]
    public void ToCanonicalBytes_Sample_IsPinned() => Assert.Equal(
        $$"""{"version":1,"jobId":"job-1","leaseId":"lease-1","workerId":"{{_worker.Id}}","modelManifestSha256":"{{new string('a', 64)}}","promptTokens":3,"cachedTokens":1,"completionTokens":2,"reasoningTokens":0,"status":"complete","finishReason":"stop","startedMs":1000,"endedMs":2000,"terms":"dGVybXM"}""",
        Encoding.UTF8.GetString(Samples.Report(_worker.Id).ToCanonicalBytes()));

    [Fact]
    public void Check_AnyByteChanged_IsBadSignature()
    {
        SignedUsageReport signed = SignedUsageReport.Sign(Samples.Report(_worker.Id), _worker);
        Gen.Select(Gen.Int[0, signed.Report.Length - 1], Gen.Byte[1, 255]).Sample((index, change) =>
        {
            byte[] bytes = [.. signed.Report];
            bytes[index] ^= change;
            Assert.Equal(UsageReportFault.BadSignature, (signed with { Report = bytes }).Check(_worker.PublicKey).Fault);
        }, iter: 200);
    }

    [Fact]
    public void Check_SignedByAnother_IsBadSignature()
    {
        using TunnelIdentity other = TunnelIdentity.Create(TimeProvider.System);
        Assert.Equal(UsageReportFault.BadSignature, SignedUsageReport.Sign(Samples.Report(_worker.Id), other).Check(_worker.PublicKey).Fault);
    }

    [Fact]
    public void Check_NamesAnotherWorker_IsOtherWorker() => Assert.Equal(
        UsageReportFault.OtherWorker, SignedUsageReport.Sign(Samples.Report(new string('c', 64)), _worker).Check(_worker.PublicKey).Fault);

    [Theory]
    [InlineData(-1, 0, 2, 0)]
    [InlineData(3, 4, 2, 0)]
    [InlineData(3, 1, -1, 0)]
    [InlineData(3, 1, 2, 3)]
    [InlineData(3, -1, 2, 0)]
    public void Check_ImpossibleCounts_AreOutOfRange(long prompt, long cached, long completion, long reasoning)
    {
        UsageReport report = Samples.Report(_worker.Id) with
        {
            PromptTokens = prompt,
            CachedTokens = cached,
            CompletionTokens = completion,
            ReasoningTokens = reasoning,
        };
        Assert.Equal(UsageReportFault.OutOfRange, SignedUsageReport.Sign(report, _worker).Check(_worker.PublicKey).Fault);
    }

    [Fact]
    public void Check_CompleteWithoutFinishReason_IsOutOfRange() => Assert.Equal(
        UsageReportFault.OutOfRange,
        SignedUsageReport.Sign(Samples.Report(_worker.Id) with { FinishReason = null }, _worker).Check(_worker.PublicKey).Fault);

    [Fact]
    public void Check_SameMeaningOtherSpelling_IsMalformed()
    {
        string spaced = Encoding.UTF8.GetString(Samples.Report(_worker.Id).ToCanonicalBytes()).Replace("\"version\":1", "\"version\": 1", StringComparison.Ordinal);
        Assert.Equal(UsageReportFault.Malformed, SignBytes(Encoding.UTF8.GetBytes(spaced)).Check(_worker.PublicKey).Fault);
    }

    [Fact]
    public void Check_SignedRubbish_IsMalformed() => Gen.Byte.Array[0, 300].Sample(
        bytes => Assert.Equal(UsageReportFault.Malformed, SignBytes(bytes).Check(_worker.PublicKey).Fault), iter: 200);

    private SignedUsageReport SignBytes(byte[] bytes) => new(bytes, _worker.Sign([.. "cocoon/usage/v1\0"u8, .. bytes]));
}
