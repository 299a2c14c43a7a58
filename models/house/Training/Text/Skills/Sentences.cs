namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Capitals at the starts of sentences.</summary>
public static class Sentences
{
    /// <summary>Gives each sentence its capital, as most people do.</summary>
    public static string Capitalise(Dice dice, string text) =>
        dice.Chance(10) ? text : string.Join(". ", text.Split(". ").Select(WordList.Capitalise));
}
