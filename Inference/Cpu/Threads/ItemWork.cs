namespace CocoonOrleans.Inference.Cpu.Threads;

/// <summary>The same for each of some items, made once and used in every step.</summary>
/// <param name="team">Who does it.</param>
/// <param name="body">Does one item, given its number and the thread's.</param>
internal sealed class ItemWork(CpuTeam team, Action<int, int> body) : IChunkedWork
{
    private int _items;
    private int _itemsPerChunk;

    /// <summary>Does all items.</summary>
    /// <param name="items">How many.</param>
    /// <param name="fewest">Items that are worth a second thread; fewer are done by the caller alone.</param>
    public void RunAll(int items, int fewest)
    {
        _items = items;
        if (items < fewest)
        {
            _itemsPerChunk = Math.Max(1, items);
        }
        else
        {
            // Small enough that nobody waits long for the last chunk.
            _itemsPerChunk = Math.Max(Math.Max(1, items / (team.Count * 8)), (items / CpuTeam.MaximumChunks) + 1);
        }

        team.Run(this, (items + _itemsPerChunk - 1) / _itemsPerChunk);
    }

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        var end = Math.Min(_items, (chunk + 1) * _itemsPerChunk);
        for (var item = chunk * _itemsPerChunk; item < end; item++)
        {
            body(item, thread);
        }
    }
}
