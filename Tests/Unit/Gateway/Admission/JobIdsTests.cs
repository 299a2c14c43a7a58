using CocoonOrleans.Gateway.Admission;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Admission;

public sealed class JobIdsTests
{
    [Fact]
    public void Derive_KnownInput_IsTheSameAtEveryGateway() => Assert.Equal(Guid.Parse("021a2e90-46ff-85ea-bf86-fe55434e8baf"), JobIds.Derive("acct-1.00000000", "order 7", 0));

    [Fact]
    public void Derive_AnyText_IsAUuidOfVersion8() => Gen.String.Sample(text =>
    {
        Guid id = JobIds.Derive("acct-1.00000000", text, 0);
        return id.Version == 8 && id.Variant is >= 8 and <= 11;
    });

    [Fact]
    public void Derive_OtherKeyTextOrGeneration_IsAnotherJob()
    {
        Guid[] ids =
        [
            JobIds.Derive("acct-1.00000000", "a", 0),
            JobIds.Derive("acct-2.00000000", "a", 0),
            JobIds.Derive("acct-1.00000000", "b", 0),
            JobIds.Derive("acct-1.00000000", "a", 1),
        ];

        Assert.Equal(4, ids.Distinct().Count());
    }

    [Fact]
    public void Fresh_Always_IsAUuidOfVersion7WithTheTime()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(7, JobIds.Fresh(time).Version);
        Assert.StartsWith("019de0d5-c800-7", JobIds.Fresh(time).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("tg:bot:7 ~", true)]
    [InlineData("", false)]
    [InlineData("a\nb", false)]
    [InlineData("é", false)]
    public void IsIdempotencyKey_Text_IsPrintableAscii(string text, bool valid) => Assert.Equal(valid, JobIds.IsIdempotencyKey(text));

    [Fact]
    public void IsIdempotencyKey_256Characters_IsTooLong() => Assert.False(JobIds.IsIdempotencyKey(new string('a', 256)));
}
