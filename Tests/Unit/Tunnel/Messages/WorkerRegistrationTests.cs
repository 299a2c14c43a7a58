using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Tunnel.Messages;

public sealed class WorkerRegistrationTests
{
    private static readonly WorkerRegistration s_good = TestWorker.Registration(HelloLine.NewBootId());

    public static TheoryData<WorkerRegistration, string> Bad => new()
    {
        { s_good with { WorkerName = "" }, "workerName" },
        { s_good with { WorkerName = "a\nb" }, "workerName" },
        { s_good with { ProviderId = "a/b" }, "providerId" },
        { s_good with { BootId = "1" }, "bootId" },
        { s_good with { Models = [] }, "models" },
        { s_good with { Models = [s_good.Models[0], s_good.Models[0]] }, "models" },
        { s_good with { Models = [s_good.Models[0] with { ManifestSha256 = "A" }] }, "models.manifestSha256" },
        { s_good with { Models = [s_good.Models[0] with { Slots = 0 }] }, "models.slots" },
        { s_good with { Models = [s_good.Models[0] with { ContextTokens = int.MaxValue }] }, "models.contextTokens" },
        { s_good with { Models = [s_good.Models[0] with { Prices = new OfferedPrices(-1, 0, 0) }] }, "models.prices" },
    };

    [Fact]
    public void Validate_Good_Passes() => s_good.Validate();

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_OutOfRange_NamesTheField(WorkerRegistration registration, string field)
    {
        var e = Assert.Throws<TunnelProtocolException>(registration.Validate);
        Assert.StartsWith(field + " ", e.Message, StringComparison.Ordinal);
    }
}
