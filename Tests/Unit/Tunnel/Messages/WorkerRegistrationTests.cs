using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Tunnel.Messages;

public sealed class WorkerRegistrationTests
{
    private static readonly WorkerRegistration Good = TestWorker.Registration(HelloLine.NewBootId());

    public static TheoryData<WorkerRegistration, string> Bad => new()
    {
        { Good with { WorkerName = "" }, "workerName" },
        { Good with { WorkerName = "a\nb" }, "workerName" },
        { Good with { ProviderId = "a/b" }, "providerId" },
        { Good with { BootId = "1" }, "bootId" },
        { Good with { Models = [] }, "models" },
        { Good with { Models = [Good.Models[0], Good.Models[0]] }, "models" },
        { Good with { Models = [Good.Models[0] with { ManifestSha256 = "A" }] }, "models.manifestSha256" },
        { Good with { Models = [Good.Models[0] with { Slots = 0 }] }, "models.slots" },
        { Good with { Models = [Good.Models[0] with { ContextTokens = int.MaxValue }] }, "models.contextTokens" },
        { Good with { Models = [Good.Models[0] with { Prices = new OfferedPrices(-1, 0, 0) }] }, "models.prices" },
    };

    [Fact]
    public void Validate_Good_Passes() => Good.Validate();

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_OutOfRange_NamesTheField(WorkerRegistration registration, string field)
    {
        var e = Assert.Throws<TunnelProtocolException>(registration.Validate);
        Assert.StartsWith(field + " ", e.Message, StringComparison.Ordinal);
    }
}
