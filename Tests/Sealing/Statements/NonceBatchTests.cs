using System.Buffers.Binary;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Sealing.Statements;

public sealed class NonceBatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(65)]
    [InlineData(4096)]
    public void Proof_OfEachPlace_ProvesItsNonceAlone(int count)
    {
        var nonces = Nonces(count);
        var batch = new NonceBatch(nonces);
        for (var i = 0; i < count; i += Math.Max(1, count / 40))
        {
            var proof = batch.Prove(i);
            Assert.True(NonceProof.TryDecode(proof.Encode(), out var read));

            Assert.True(read.Proves(nonces[i], batch.Root));
            Assert.False(read.Proves(Digest.Of("another nonce"u8), batch.Root));
            Assert.False(read.Proves(nonces[i], Digest.Of("another root"u8)));
            Assert.False((read with { Path = [.. read.Path, batch.Root] }).Proves(nonces[i], batch.Root));
            if (count > 1)
            {
                Assert.False((read with { Path = [.. read.Path.Skip(1)] }).Proves(nonces[i], batch.Root));
                Assert.False((read with { Path = [.. read.Path.Reverse().Append(read.Path[0]).Skip(1)] }).Proves(nonces[i], batch.Root) && read.Path.Count > 1);
                Assert.False((read with { Index = i == 0 ? 1 : i - 1 }).Proves(nonces[i], batch.Root));
            }
        }
    }

    /// <summary>A node is no leaf: whoever gives its two halves as a nonce proves nothing (RFC 6962, section 2.1).</summary>
    [Fact]
    public void Proof_OfANodeInPlaceOfALeaf_IsNone()
    {
        var nonces = Nonces(4);
        var batch = new NonceBatch(nonces);
        var inner = batch.Prove(0).Path[1];

        Assert.False(new NonceProof(1, 2, [batch.Prove(3).Path[1]]).Proves(inner, batch.Root));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 4097)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Proof_OfAnImpossiblePlace_IsNone(int index, int count) =>
        Assert.False(new NonceProof(index, count, []).Proves(default, new NonceBatch([default]).Root));

    [Fact]
    public void Batch_EmptyOrTooLarge_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new NonceBatch([]));
        Assert.Throws<ArgumentException>(() => new NonceBatch(Nonces(4097)));
    }

    private static Digest[] Nonces(int count) => [.. Enumerable.Range(0, count).Select(Nonce)];

    private static Digest Nonce(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return Digest.Of(bytes);
    }
}
