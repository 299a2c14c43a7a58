namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>How weights that become floats lie in a tile row.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
internal unsafe interface IColumnPair<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>Bytes of two columns of sixteen rows.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads two columns.</summary>
    static abstract void Load(byte* weights, out TLanes even, out TLanes odd);
}
