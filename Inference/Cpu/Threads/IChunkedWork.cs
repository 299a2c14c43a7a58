namespace CocoonOrleans.Inference.Cpu.Threads;

/// <summary>Work in chunks that may run in any order and at the same time.</summary>
internal interface IChunkedWork
{
    /// <summary>Does one chunk.</summary>
    /// <param name="chunk">Its number, from 0.</param>
    /// <param name="thread">Number of the thread that does it, from 0: no two chunks run with the same number at once.</param>
    void Run(int chunk, int thread);
}
