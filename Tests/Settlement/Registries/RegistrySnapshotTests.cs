using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Settlement.Registries;

public sealed class RegistrySnapshotTests
{
    private static readonly Bits256 Image = Number(1);
    private static readonly Bits256 OtherImage = Number(2);
    private static readonly Bits256 Model = Number(3);

    [Fact]
    public void Read_FirstEntries_AreThere()
    {
        StateInit init = Init();

        RegistrySnapshot snapshot = Read(init.AddressIn(), init.Code, init.Data);

        Assert.Equal(new RegistryImage(1, 10, 20, "worker"), snapshot.Images[Image]);
        Assert.Equal("house", snapshot.Models[Model].Name);
        Assert.Empty(snapshot.Unreadable);
        Assert.Equal([false, true, true, false], new long[] { 9, 10, 20, 21 }.Select(now => snapshot.Images[Image].AllowsWorkersAt(DateTimeOffset.FromUnixTimeSeconds(now))));
        Assert.False((snapshot.Images[Image] with { Role = 2 }).AllowsWorkersAt(DateTimeOffset.FromUnixTimeSeconds(15)));
    }

    [Fact]
    public void Read_OneBadEntry_SpoilsNoOther()
    {
        Cell data = Data(images: new() { [Image] = new RegistryImage(1, 10, 20, "worker").ToCell(), [OtherImage] = new CellBuilder().StoreUInt(1, 7).Build() });

        RegistrySnapshot snapshot = Read(Init().AddressIn(), ContractCode.Registry, data);

        Assert.Equal([Image], snapshot.Images.Keys);
        UnreadableEntry bad = Assert.Single(snapshot.Unreadable);
        Assert.Equal((RegistryEntryKind.Image, OtherImage), (bad.Kind, bad.Key));
    }

    [Fact]
    public void Read_WhatIsNoRegistry_SaysWhy()
    {
        StateInit init = Init();

        Assert.Equal(RegistryFailure.NotThere, Fails(() => Read(init.AddressIn(), null, null)));
        Assert.Equal(RegistryFailure.OtherCode, Fails(() => Read(init.AddressIn(), ContractCode.Channel, init.Data)));
        Assert.Equal(RegistryFailure.Malformed, Fails(() => Read(init.AddressIn(), init.Code, Cell.Empty)));
    }

    [Fact]
    public void Floor_OlderOrOtherContent_IsRefused()
    {
        RegistryState seen = RegistryState.Read(Data(version: 4, next: 9));
        var floor = RegistryFloor.Of(seen);

        Assert.Null(floor.Refuse(seen));
        Assert.Null(floor.Refuse(RegistryState.Read(Data(version: 5, next: 9))));
        Assert.Null(floor.Refuse(RegistryState.Read(Data(version: 4, next: 10))));
        Assert.NotNull(floor.Refuse(RegistryState.Read(Data(version: 3, next: 9))));
        Assert.NotNull(floor.Refuse(RegistryState.Read(Data(version: 5, next: 8))));
        Assert.NotNull(floor.Refuse(RegistryState.Read(Data(version: 4, next: 9, images: new() { [Image] = new RegistryImage(1, 0, 1, "").ToCell() }))));
        Assert.Equal(RegistryFailure.WentBack, Fails(() => RegistrySnapshot.Read(TonNetwork.Development, Init().AddressIn(), Account(ContractCode.Registry, Data(version: 3, next: 9)), floor)));
    }

    /// <summary>More than a bag of cells may have elsewhere: 5,000 entries are some 15,000 cells.</summary>
    [Fact]
    public void AccountData_OfManyEntries_IsWithinItsBounds()
    {
        Cell data = Data(images: Enumerable.Range(1, 5_000).ToDictionary(Number, i => new RegistryImage(1, 0, (uint)i, $"image {i}").ToCell()));
        byte[] boc = Boc.Write(data);

        Assert.Throws<TonFormatException>(() => Boc.Parse(boc));
        Assert.Equal(5_000, Read(Init().AddressIn(), ContractCode.Registry, Boc.Parse(boc, BocLimits.AccountData)).Images.Count);
    }

    private static StateInit Init() => RegistryState.FirstInit(
        Sample.Owners,
        3_600,
        Sample.Parameters,
        new Dictionary<Bits256, RegistryImage> { [Image] = new(1, 10, 20, "worker") },
        new Dictionary<Bits256, RegistryModel> { [Model] = new("house") });

    private static RegistrySnapshot Read(TonAddress address, Cell? code, Cell? data) => RegistrySnapshot.Read(TonNetwork.Development, address, Account(code, data), floor: null);

    private static AccountState Account(Cell? code, Cell? data) =>
        new(code is null ? AccountStatus.Uninitialized : AccountStatus.Active, Nano.FromCoins(1), code, data, null, 7, 15);

    private static RegistryFailure Fails(Action read) => Assert.Throws<RegistryException>(read).Failure;

    private static Cell Data(uint version = 0, uint next = 0, Dictionary<Bits256, Cell>? images = null)
    {
        var dictionary = new CellDictionary(256);
        foreach ((Bits256 key, Cell entry) in images ?? [])
        {
            dictionary.Set(key, new CellBuilder().StoreReference(entry).Build());
        }

        return new CellBuilder()
            .StoreUInt(version, 32)
            .StoreUInt(next, 32)
            .StoreUInt(3_600, 32)
            .StoreAddress(null)
            .StoreReference(Sample.Owners.ToCell())
            .StoreMaybeReference(null)
            .StoreReference(Sample.Parameters.ToCell())
            .StoreReference(new CellBuilder().StoreMaybeReference(dictionary.Write()).StoreMaybeReference(null).StoreMaybeReference(null).Build())
            .Build();
    }

    private static Bits256 Number(int number)
    {
        byte[] bytes = new byte[Bits256.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new Bits256(bytes);
    }
}
