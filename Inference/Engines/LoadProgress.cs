namespace CocoonOrleans.Inference.Engines;

/// <summary>How far loading a model has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="BytesDone">Bytes done in this stage.</param>
/// <param name="BytesTotal">Bytes to do in this stage; 0 where a stage has nothing to count.</param>
public sealed record LoadProgress(LoadStage Stage, long BytesDone, long BytesTotal);
