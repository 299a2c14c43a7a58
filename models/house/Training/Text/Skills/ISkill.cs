namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>One thing that the model learns to do. Makes questions with their one right answer.</summary>
public interface ISkill
{
    /// <summary>Short name, as the table of accuracies prints it.</summary>
    string Name { get; }

    /// <summary>How often it is drawn, relative to the other skills.</summary>
    int Weight { get; }

    /// <summary>A question and its answer. The same dice give the same turn.</summary>
    Turn Next(Dice dice, Draw draw);
}
