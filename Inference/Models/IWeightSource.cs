using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Makes what a backend computes with out of a model's weights. Lives as long as a decoder or encoder is being made; unless <see cref="Keep"/> is called, disposing it takes what was made
/// along.
/// </summary>
/// <typeparam name="TMatrix">What the backend keeps matrices as.</typeparam>
/// <typeparam name="TVector">What it keeps vectors as.</typeparam>
internal interface IWeightSource<TMatrix, TVector> : IDisposable
    where TMatrix : class, IDisposable
    where TVector : class, IDisposable
{
    /// <summary>Makes one matrix out of parts that stand on top of each other.</summary>
    /// <param name="outermost">Whether it is the embedding or the output layer, which decide most about quality: no backend keeps them in less than 8 bits.</param>
    /// <param name="parts">Their names and rows.</param>
    /// <param name="columns">Columns of each.</param>
    /// <exception cref="ModelFormatException">A part is missing, has another shape, or holds a weight that the backend has no use for.</exception>
    TMatrix TakeMatrix(bool outermost, (string Name, int Rows)[] parts, int columns);

    /// <summary>Makes a vector out of parts that stand one behind the other.</summary>
    /// <exception cref="ModelFormatException">A part is missing or has another shape.</exception>
    TVector TakeVector((string Name, int Size)[] parts);

    /// <summary>Makes the weights of a norm, raised as the family wants it.</summary>
    /// <exception cref="ModelFormatException">It is missing or has another shape.</exception>
    TVector TakeNorm(string name, int size);

    /// <summary>Refuses weights that nobody took.</summary>
    /// <param name="mayStay">Whether a tensor may be there without being used.</param>
    /// <exception cref="ModelFormatException">There is one.</exception>
    void RefuseUnknown(Func<string, bool> mayStay);

    /// <summary>Leaves what was made to whoever took it.</summary>
    void Keep();
}
