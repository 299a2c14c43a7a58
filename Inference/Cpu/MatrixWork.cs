using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Products of matrices with rows of activations, tile rows shared among threads. Made once and used in every step.</summary>
internal sealed unsafe class MatrixWork(CpuTeam team, CpuKernels kernels) : IChunkedWork
{
    /// <summary>
    /// Weights that a thread claims at once: some microseconds of work. With a quarter of it two threads read memory no faster than one (measured: 36 against 50 GB/s), since
    /// what is prefetched behind the end of a chunk is then too often the other thread's.
    /// </summary>
    private const int ChunkBytes = 128 << 10;

    private const int FewRows = 8;

    /// <summary>With many rows each tile is work enough, but kernels like to take two at a time.</summary>
    private const int TilesForManyRows = 4;

    private WeightMatrix? _matrix;
    private Activations _activations;
    private float* _product;
    private nint _stride;
    private int _rows;
    private int _tilesPerChunk;
    private bool _add;

    /// <summary>See <see cref="CpuKernels.Multiply"/>.</summary>
    public void Multiply(WeightMatrix matrix, in Activations activations, int rows, float* product, nint stride, bool add = false)
    {
        (_matrix, _activations, _rows, _stride, _add) = (matrix, activations, rows, stride, add);
        _product = product;
        var tiles = matrix.Tiles;
        var fair = (tiles + (team.Count * 4) - 1) / (team.Count * 4);
        _tilesPerChunk = rows > FewRows ? Math.Min(TilesForManyRows, fair) : (int)Math.Clamp(ChunkBytes / matrix.TileBytes, 1, fair);
        _tilesPerChunk = Math.Max(_tilesPerChunk, (tiles / CpuTeam.MaximumChunks) + 1);
        team.Run(this, (tiles + _tilesPerChunk - 1) / _tilesPerChunk);
        _matrix = null;
    }

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        var first = chunk * _tilesPerChunk;
        kernels.Multiply(_matrix!, _activations, _rows, _product, _stride, _add, first, Math.Min(_matrix!.Tiles, first + _tilesPerChunk));
    }
}
