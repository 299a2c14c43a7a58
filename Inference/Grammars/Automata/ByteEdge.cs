namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>An edge that reads one byte.</summary>
/// <param name="Low">Lowest byte.</param>
/// <param name="High">Highest byte.</param>
/// <param name="Guard">What it asks of the counter.</param>
/// <param name="Target">Where it leads.</param>
internal readonly record struct ByteEdge(byte Low, byte High, Guard Guard, int Target);
