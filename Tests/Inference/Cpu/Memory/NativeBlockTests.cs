using CocoonOrleans.Inference.Cpu.Memory;

namespace CocoonOrleans.Tests.Inference.Cpu.Memory;

public sealed unsafe class NativeBlockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4097)]
    [InlineData((2 << 20) + 1)]
    public void NewBlock_AnySize_IsAlignedAndZero(long bytes)
    {
        using var block = new NativeBlock(bytes);

        var alignment = bytes >= NativeBlock.HugePageBytes ? NativeBlock.HugePageBytes : NativeBlock.LineBytes;
        Assert.Equal(0, (long)block.Pointer<byte>(bytes) % alignment);
        Assert.Equal(-1, new ReadOnlySpan<byte>(block.Pointer<byte>(bytes), (int)bytes).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Pointer_PastTheEnd_IsRefused()
    {
        using var block = new NativeBlock(64);

        Assert.True(block.Pointer<int>(16) is not null);
        Assert.Throws<ArgumentOutOfRangeException>(() => (nint)block.Pointer<int>(17));
        Assert.Throws<ArgumentOutOfRangeException>(() => (nint)block.Pointer<int>(1, 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => (nint)block.Pointer<int>(1, -1));
        Assert.Throws<OverflowException>(() => (nint)block.Pointer<int>(long.MaxValue));
    }

    [Fact]
    public void Pointer_OfADisposedBlock_IsRefused()
    {
        var block = new NativeBlock(64);
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => (nint)block.Pointer<byte>(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NewBlock_WithoutSize_IsRefused(long bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBlock(bytes));
}
