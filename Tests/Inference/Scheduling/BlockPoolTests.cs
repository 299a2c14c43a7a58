using CocoonOrleans.Inference.Scheduling;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Scheduling;

public sealed class BlockPoolTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 16)];
    private static readonly PrefixKey Key = PrefixKey.Root("model", "salt").Next(Ids);

    private readonly List<int> _cleared = [];

    [Fact]
    public void TryTake_MoreThanThereAre_GivesNoMore()
    {
        var pool = Make(2);

        Assert.True(pool.TryTake(out var one) && pool.TryTake(out var two) && one != two);
        Assert.False(pool.TryTake(out _));
        Assert.Equal((0, 2), (pool.Available, pool.Used));
    }

    [Fact]
    public void Release_NotRegistered_IsClearedAndFree()
    {
        var pool = Make(1);
        pool.TryTake(out var block);

        pool.Release(block, keep: true);

        Assert.Equal([block], _cleared);
        Assert.True(pool.TryTake(out _));
    }

    [Fact]
    public void TryShare_RegisteredAndReleased_IsFoundUntilItsPlaceIsNeeded()
    {
        var pool = Make(1);
        pool.TryTake(out var block);
        pool.Register(block, Key, Ids);
        pool.Release(block, keep: true);

        Assert.Equal(1, pool.Available);
        Assert.True(pool.TryShare(Key, Ids, out var shared));
        Assert.Equal((block, 0), (shared, pool.Available));
        pool.Release(shared, keep: true);
        Assert.Empty(_cleared);

        Assert.True(pool.TryTake(out _));
        Assert.Equal([block], _cleared);
        Assert.False(pool.TryShare(Key, Ids, out _));
    }

    [Fact]
    public void TryShare_OtherIdsUnderTheKey_IsNoHit()
    {
        var pool = Make(1);
        pool.TryTake(out var block);
        pool.Register(block, Key, Ids);

        Assert.False(pool.TryShare(Key, [.. Ids.Reverse()], out _));
    }

    [Fact]
    public void Release_Shared_StaysUntilTheLast()
    {
        var pool = Make(2);
        pool.TryTake(out var block);
        pool.Register(block, Key, Ids);
        pool.TryShare(Key, Ids, out _);

        pool.Release(block, keep: false);
        Assert.Empty(_cleared);
        pool.Release(block, keep: false);

        Assert.Equal([block], _cleared);
        Assert.False(pool.TryShare(Key, Ids, out _));
    }

    [Fact]
    public void Root_OtherModelOrSalt_GivesOtherKeys()
    {
        Assert.Equal(PrefixKey.Root("m", "s"), PrefixKey.Root("m", "s"));
        Assert.NotEqual(PrefixKey.Root("m", "s"), PrefixKey.Root("m", "t"));
        Assert.NotEqual(PrefixKey.Root("m", "s"), PrefixKey.Root("n", "s"));
        Assert.NotEqual(PrefixKey.Root("m", null), PrefixKey.Root("m", null));
    }

    /// <summary>Sequences that come, grow, and go in any order: no block belongs to two whose tokens differ, none is lost, and what a table says is what was written.</summary>
    [Fact]
    public void Sequences_InAnyOrder_KeepTheirBlocks() => Gen.Select(Gen.Int[0, 3], Gen.Int[1, 70], Gen.Bool).Array[1, 60].Sample(steps =>
    {
        const int Blocks = 12;
        var content = new int[Blocks * 16];
        Array.Fill(content, -1);
        var pool = new BlockPool(Blocks, block => content.AsSpan(block * 16, 16).Fill(-1));
        var living = new List<(SequenceBlocks Blocks, int[] Ids)>();
        foreach (var (salt, length, ends) in steps)
        {
            // Only two beginnings, so that many share.
            int[] ids = [.. Enumerable.Range(0, length).Select(i => (i / 20 * (length % 2)) + i)];
            var sequence = new SequenceBlocks(pool, PrefixKey.Root("model", salt == 0 ? null : $"{salt}"), keep: salt != 0);
            sequence.Adopt(ids);
            Assert.True(sequence.Computed < ids.Length);
            if (sequence.TryReserve(length))
            {
                for (var position = sequence.Computed; position < length; position++)
                {
                    Assert.Equal(-1, content[sequence.Table.Slot(position)]);
                    content[sequence.Table.Slot(position)] = ids[position];
                }

                sequence.Advance(length, ids);
                living.Add((sequence, ids));
            }
            else
            {
                sequence.Release();
            }

            if (ends && living.Count > 0)
            {
                living[length % living.Count].Blocks.Release();
                living.RemoveAt(length % living.Count);
            }

            Assert.All(living, one => Assert.Equal(one.Ids, Enumerable.Range(0, one.Ids.Length).Select(position => content[one.Blocks.Table.Slot(position)])));
            Assert.Equal(living.SelectMany(one => one.Blocks.Table.Blocks.ToArray()).Distinct().Count(), pool.Used);
        }

        living.ForEach(one => one.Blocks.Release());
        Assert.Equal(Blocks, pool.Available);
    });

    private BlockPool Make(int blocks) => new(blocks, _cleared.Add);
}
