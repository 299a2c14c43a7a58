using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda;

/// <summary>Whether NVIDIA's own compiler, which needs no GPU, makes machine code of our kernels. COCOON_NVRTC names its library where the loader doesn't find it.</summary>
public sealed class KernelCompilationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int, int, bool, bool> Shapes => new()
    {
        { 64, 4, false, false },
        { 128, 8, true, true },
        { 96, 1, true, false },
        { 256, 4, false, true },
    };

    private static string? Path => Environment.GetEnvironmentVariable("COCOON_NVRTC");

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Compile_EachArchitecture_GivesMachineCodeWithoutWarnings(int headSize, int group, bool quantized, bool halfCache)
    {
        var nvrtc = Load();
        var shape = new KernelShape(headSize, group, KernelShape.DefaultSplitTokens, quantized, halfCache);
        foreach (var capability in (int[])[75, 80, 90, 100, 120])
        {
            if (!nvrtc.Architectures.Contains(capability))
            {
                continue;
            }

            var options = new KernelCompiler(nvrtc, capability, new CudaOptions { KeepKernels = false }).Options(shape);
            var (image, log) = nvrtc.Compile(KernelSources.Text, options, binary: true);

            Assert.Equal("", log);
            Assert.Equal(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F' }, image[..4]);
        }
    }

    [SkippableFact]
    public void Compile_GpuNewerThanTheCompiler_GivesPtx()
    {
        var compiler = new KernelCompiler(Load(), 999, new CudaOptions { KeepKernels = false });

        var image = compiler.Compile(new KernelShape(64, 2, 256, Quantized: false, HalfCache: true));

        Assert.Contains(".visible .entry attend", System.Text.Encoding.ASCII.GetString(image));
        Assert.Equal(0, image[^1]);
    }

    [SkippableFact]
    public void Compile_Error_NamesFileAndLine()
    {
        var error = Assert.Throws<CudaException>(() => Load().Compile("#line 7 \"x.cu\"\nwrong", ["--gpu-architecture=sm_80"], binary: true));

        Assert.Contains("x.cu(7)", error.Message);
    }

    [SkippableFact]
    public void Compile_ASecondTime_TakesWhatWasKeptUnlessItIsBroken()
    {
        var nvrtc = Load();
        var compiler = new KernelCompiler(nvrtc, 80, new CudaOptions { CacheFolder = _folder.File("kernels") });
        var shape = new KernelShape(64, 2, 256, Quantized: false, HalfCache: true);
        var image = compiler.Compile(shape);
        var file = Assert.Single(Directory.GetFiles(_folder.File("kernels")));

        // What is kept is read: another file in its place, with the right hash, is what comes back.
        byte[] other = [1, 2, 3];
        File.WriteAllBytes(file, [.. System.Security.Cryptography.SHA256.HashData(other), .. other]);
        Assert.Equal(other, compiler.Compile(shape));

        // Cut short, it is made again.
        File.WriteAllBytes(file, [.. System.Security.Cryptography.SHA256.HashData(other), 1, 2]);
        Assert.Equal(image, compiler.Compile(shape));

        compiler.Compile(shape with { HeadSize = 128 });
        Assert.Equal(2, Directory.GetFiles(_folder.File("kernels")).Length);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_folder.File("kernels")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Fact]
    public void Load_WithoutTheLibrary_SaysWhatToDo()
    {
        var error = Assert.Throws<CudaException>(() => Nvrtc.Load(_folder.File("libnvrtc.so.12")));

        Assert.Contains(_folder.File("libnvrtc.so.12"), error.Message);
        Assert.Contains("Worker:Native:Cuda:NvrtcLibrary", error.Message);
    }

    private static Nvrtc Load()
    {
        try
        {
            return Nvrtc.Load(Path);
        }
        catch (CudaException e) when (Path is null)
        {
            throw new SkipException($"NVRTC is not installed, so it was NOT tested whether the CUDA kernels compile: {e.Message}");
        }
    }
}
