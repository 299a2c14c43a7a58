using CocoonOrleans.Inference.Torch;
using TorchSharp;

namespace CocoonOrleans.Tests.Inference.Torch;

public sealed class TorchLibraryTests
{
    [Fact]
    public void Load_OnThisMachine_TorchComputes()
    {
        TorchLibrary.Load();

        using var sum = torch.ones(2, 3).sum();

        Assert.Equal(6f, sum.item<float>());
    }

    [Fact]
    public async Task Load_FromManyThreads_GivesTheSameAnswer()
    {
        var loads = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TorchLibrary.Load())));

        Assert.Single(loads.Distinct());
    }

    [Fact]
    public void FindShim_InFolderWithoutIt_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<TorchLibraryException>(() => TorchLibrary.FindShim(new TorchLibraryOptions { NativeFolder = folder.Path }));

        Assert.Contains(folder.Path, error.Message);
        Assert.Contains("NativeFolder", error.Message);
    }
}
