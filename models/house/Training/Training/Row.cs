namespace CocoonOrleans.HouseModel.Training;

/// <summary>One dialogue in tokens.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Wanted">Positions whose next token counts: those of answers and of the mark that ends each answer.</param>
public sealed record Row(int[] Ids, int[] Wanted);
