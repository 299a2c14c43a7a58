using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Inference.Caching;

namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>
/// Compiles our kernels for a GPU, once: what was compiled lies in a private folder under a name made of sources, options and the compiler's version, so another of these is
/// compiled anew.
/// </summary>
internal sealed class KernelCompiler
{
    private readonly Nvrtc _nvrtc;
    private readonly CudaOptions _options;
    private readonly int _architecture;
    private readonly bool _binary;

    /// <param name="nvrtc">The compiler.</param>
    /// <param name="capability">The GPU's compute capability, such as 90.</param>
    /// <param name="options">Whether and where to keep what was compiled.</param>
    /// <exception cref="CudaException">The compiler knows neither the GPU nor an older one.</exception>
    public KernelCompiler(Nvrtc nvrtc, int capability, CudaOptions options)
    {
        (_nvrtc, _options) = (nvrtc, options);
        _binary = nvrtc.Architectures.Contains(capability);

        // For a GPU that is newer than the compiler: PTX of the newest that it knows, which the driver compiles further.
        _architecture = nvrtc.Architectures.Where(known => known <= capability).DefaultIfEmpty(0).Max();
        if (_architecture == 0)
        {
            throw new CudaException($"NVRTC {nvrtc.Version} compiles for compute capability {nvrtc.Architectures[0] / 10.0:0.0} and later; this GPU has {capability / 10.0:0.0}. Install an older CUDA.");
        }
    }

    /// <summary>The options that it compiles a shape with. Nothing becomes a fused multiply-add that isn't written as one.</summary>
    public IReadOnlyList<string> Options(KernelShape shape)
        => [$"--gpu-architecture={(_binary ? "sm" : "compute")}_{_architecture.ToString(CultureInfo.InvariantCulture)}", "--std=c++17", "--fmad=false", .. shape.Defines.Select(define => $"-D{define}")];

    /// <summary>The kernels for a shape, as the driver loads them.</summary>
    /// <exception cref="CudaException">They don't compile.</exception>
    public byte[] Compile(KernelShape shape)
    {
        var options = Options(shape);
        if ((_options.KeepKernels ? _options.CacheFolder ?? PrivateFolder.Default("cuda") : null) is not { } folder)
        {
            return CompileNow(options);
        }

        var name = $"{string.Join('\n', options)}\nNVRTC {_nvrtc.Version}\n{KernelSources.Text}";
        var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))) + (_binary ? ".cubin" : ".ptx"));
        try
        {
            PrivateFolder.Take(folder);
            if (File.Exists(file) && File.ReadAllBytes(file) is { Length: > SHA256.HashSizeInBytes } kept
                && SHA256.HashData(kept.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(kept.AsSpan(0, SHA256.HashSizeInBytes)))
            {
                return kept[SHA256.HashSizeInBytes..];
            }

            var image = CompileNow(options);
            PrivateFolder.Write(file, [.. SHA256.HashData(image), .. image]);
            return image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CudaException(
                $"Compiled kernels can't be kept in {folder}: {e.Message} Make that folder writable, name another in Worker:Native:Cuda:CacheFolder, or set Worker:Native:Cuda:KeepKernels=false.", inner: e);
        }
    }

    private byte[] CompileNow(IReadOnlyList<string> options) => _nvrtc.Compile(KernelSources.Text, options, _binary).Image;
}
