namespace CocoonOrleans.Inference.Torch;

/// <summary>Where <see cref="TorchLibrary"/> looks for libtorch and where it may write. Both members may stay null.</summary>
public sealed record TorchLibraryOptions
{
    /// <summary>
    /// Folder for the repaired copy of TorchSharp's native shim; a folder per shim is made below it. Must be writable by this user and on a
    /// file system that allows code to be mapped (not <c>noexec</c>). Null: <c>$XDG_CACHE_HOME/cocoon/torch</c>, else <c>~/.cache/cocoon/torch</c>.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Folder that holds <c>libLibTorchSharp.so</c>. Null: the app's folder, then <c>runtimes/linux-x64/native</c> below it, then the host's native search folders.</summary>
    public string? NativeFolder { get; init; }
}
