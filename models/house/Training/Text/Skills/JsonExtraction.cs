namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Name, age and city of one person, from a sentence, as a JSON object.</summary>
public sealed class JsonExtraction(Noise noise) : ISkill
{
    private readonly Wordings _asks = WordingFile.Wordings("json-asks");
    private readonly Wordings _texts = WordingFile.Wordings("json-texts");

    /// <inheritdoc/>
    public string Name => "JSON";

    /// <inheritdoc/>
    public int Weight => 9;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var (name, city, age) = (Slots.Name(dice, draw), Slots.Name(dice, draw), 1 + dice.Next(99));
        var text = Sentences.Capitalise(dice, noise.Apply(dice, _texts.Pick(dice, draw.HeldOutWordings), framed: false));
        var ask = noise.Apply(dice, _asks.Pick(dice, draw.HeldOutWordings), framed: true);
        return new Turn(Name, Slots.Fill(ask, ("t", text), ("name", name), ("city", city), ("age", $"{age}")), $"{{\"name\": \"{name}\", \"age\": {age}, \"city\": \"{city}\"}}");
    }
}
