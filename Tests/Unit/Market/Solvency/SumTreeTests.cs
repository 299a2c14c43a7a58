using System.Security.Cryptography;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Solvency;

namespace CocoonOrleans.Tests.Unit.Market.Solvency;

public sealed class SumTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1001)]
    public void PathOf_EachLeaf_ComesToTheRootWithTheWholeSum(int count)
    {
        SumLeaf[] leaves = Leaves(count);
        var tree = new SumTree(leaves);

        Assert.Equal(new Nano(leaves.Sum(leaf => leaf.Amount.Value)), tree.Root.Sum);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(tree.Root, SumTree.RootOf(leaves[i], tree.PathOf(i)));
        }
    }

    [Fact]
    public void RootOf_AnythingChanged_IsAnotherRoot()
    {
        SumLeaf[] leaves = Leaves(5);
        var tree = new SumTree(leaves);
        IReadOnlyList<SumStep> path = tree.PathOf(1);

        Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[1] with { Amount = leaves[1].Amount + new Nano(1) }, path));
        Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[1] with { AccountId = "another" }, path));
        Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[1] with { Salt = new byte[16] }, path));
        Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[2], path));
        Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[1], [.. path.Skip(1)]));
        for (int step = 0; step < path.Count; step++)
        {
            SumNode beside = path[step].Beside;
            SumStep[] changed = [.. path];

            // Less beside one's own, with the hash as it was: the sum is inside the node above.
            changed[step] = path[step] with { Beside = beside with { Sum = beside.Sum - new Nano(1) } };
            Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[1], changed));
            changed[step] = path[step] with { IsLeft = !path[step].IsLeft };
            Assert.NotEqual(tree.Root, SumTree.RootOf(leaves[1], changed));
        }
    }

    [Fact]
    public void RootOf_NegativeOrOverflowingSums_IsNone()
    {
        SumLeaf leaf = Leaves(1)[0];
        var node = new SumNode(new byte[32], new Nano(-1));

        Assert.Null(SumTree.RootOf(leaf, [new SumStep(node, IsLeft: true)]));
        Assert.Null(SumTree.RootOf(leaf, [new SumStep(node with { Sum = new Nano(long.MaxValue) }, IsLeft: true)]));
        Assert.Null(SumTree.RootOf(leaf with { Amount = new Nano(-5) }, []));
        Assert.Null(SumTree.RootOf(leaf, [new SumStep(new SumNode(new byte[31], Nano.Zero), IsLeft: true)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SumTree([leaf with { Amount = new Nano(-5) }]));
    }

    private static SumLeaf[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SumLeaf($"acct-{i}", RandomNumberGenerator.GetBytes(SumTree.SaltLength), new Nano(10 + (i * 7))))];
}
