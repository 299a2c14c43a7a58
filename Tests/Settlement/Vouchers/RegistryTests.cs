using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Settlement.Vouchers;

public sealed class RegistryTests
{
    [Fact]
    public void State_OfFirstData_IsWhatItWasMadeOf()
    {
        RegistryState state = RegistryState.Read(SampleCells.RegistryInit().Data!);

        Assert.Equal((0u, 0u, 172_800u), (state.Version, state.Next, state.Delay));
        Assert.Null(state.Successor);
        Assert.Equal(Sample.Owners.ToCell(), state.Owners.ToCell());
        Assert.Equal(Sample.Parameters, RegistryParameters.Read(state.Parameters));
        Assert.Empty(state.Pending);
        Assert.Empty(state.Images);
    }

    [Fact]
    public void Entries_Written_AreReadBack()
    {
        var image = new RegistryImage(3, 1, 2, "a note longer than one cell can hold: " + new string('n', 300));
        var model = new RegistryModel("house");
        var gateway = new RegistryGateway(7, "gateway.example:443");

        Assert.Equal(image, RegistryImage.Read(image.ToCell()));
        Assert.Equal(model, RegistryModel.Read(model.ToCell()));
        Assert.Equal(gateway, RegistryGateway.Read(gateway.ToCell()));
        Assert.Equal(SampleCells.Proposal(), RegistryProposal.Read(SampleCells.Proposal().ToCell()));
    }

    [Fact]
    public void Owners_OutOfTheirBounds_AreRefused()
    {
        PublicKey[] keys = [.. Enumerable.Range(0, 16).Select(i => Sample.KeyOf($"many {i}").PublicKey)];

        Assert.Equal(15, new RegistryOwners(15, Numbered(keys[..15])).Needed);
        Assert.All(
            new (int Needed, PublicKey[] Keys)[] { (1, []), (0, keys[..3]), (4, keys[..3]), (2, keys), (1, [keys[0], keys[0]]), (1, [default]) },
            bad => Assert.Equal("owners", Assert.Throws<TonFormatException>(() => new RegistryOwners(bad.Needed, Numbered(bad.Keys))).Field));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(3, 3, 1)]
    [InlineData(3, 5, 3)]
    [InlineData(4, 5, 2)]
    public void Veto_Needs_WhoCouldHaveRefused(int needed, int count, int veto)
    {
        PublicKey[] keys = [.. Enumerable.Range(0, count).Select(i => Sample.KeyOf($"many {i}").PublicKey)];

        Assert.Equal(veto, new RegistryOwners(needed, Numbered(keys)).NeededForVeto);
    }

    [Fact]
    public void Parameters_OtherLayoutOrBounds_AreRefused()
    {
        Assert.Equal("parameters.version", Assert.Throws<TonFormatException>(() => RegistryParameters.Read(new CellBuilder().StoreUInt(2, 8).Build())).Field);
        Assert.Equal("parameters", Assert.Throws<TonFormatException>(() => RegistryParameters.Read((Sample.Parameters with { LeastCloseDelay = 604_801 }).ToCell())).Field);
        Assert.Equal("parameters", Assert.Throws<TonFormatException>(() => RegistryParameters.Read((Sample.Parameters with { MostCommissionPerMillion = 1_000_001 }).ToCell())).Field);
    }

    private static Dictionary<byte, PublicKey> Numbered(PublicKey[] keys) =>
        keys.Select((key, number) => (key, number)).ToDictionary(owner => (byte)owner.number, owner => owner.key);
}
