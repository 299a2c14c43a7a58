namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>The fields that are asked for, in the order asked, out of a sentence about a person, a thing on sale, an order, a journey or an event, as a JSON object.</summary>
public sealed class FieldExtraction : ISkill
{
    private readonly Noise _noise;
    private readonly Wordings _asks = WordingFile.Wordings("field-asks");
    private readonly List<(Field[] Fields, Wordings Texts)> _kinds = [];

    /// <summary>Reads the lists.</summary>
    public FieldExtraction(Noise noise)
    {
        _noise = noise;
        var lines = WordingFile.Lines("records");
        for (var start = 0; start < lines.Count;)
        {
            var texts = lines.Skip(start + 1).TakeWhile(line => !line.StartsWith("= ", StringComparison.Ordinal)).ToArray();
            _kinds.Add(([.. lines[start][2..].Split(' ').Select(field => new Field(field))], new Wordings(texts)));
            start += texts.Length + 1;
        }
    }

    /// <inheritdoc/>
    public string Name => "JSON by fields";

    /// <inheritdoc/>
    public int Weight => 17;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var (fields, texts) = dice.Pick(_kinds);
        var text = Sentences.Capitalise(dice, _noise.Apply(dice, texts.Pick(dice, draw.HeldOutWordings), framed: false));
        var values = fields.Select(field => SlotValue.Next(field.Kind, dice, draw)).ToArray();
        for (var i = 0; i < fields.Length; i++)
        {
            text = values[i].PutInto(text, $"{{{fields[i].Mark}}}");
        }

        var asked = Enumerable.Range(0, fields.Length).ToList();
        for (var drop = dice.Next(fields.Length); drop > 0; drop--)
        {
            asked.RemoveAt(dice.Next(asked.Count));
        }

        if (dice.Chance(40))
        {
            asked.Reverse();
        }

        var keys = asked.ConvertAll(i => (Key: fields[i].Names.Expand(dice), values[i].Json));
        var ask = _noise.Apply(dice, _asks.Pick(dice, draw.HeldOutWordings), framed: true);
        return new Turn(Name, Slots.Fill(ask, ("t", text), ("f", List(dice, [.. keys.Select(key => key.Key)]))), $"{{{string.Join(", ", keys.Select(key => $"\"{key.Key}\": {key.Json}"))}}}");
    }

    private static string List(Dice dice, string[] keys)
    {
        if (dice.Chance(15))
        {
            keys = [.. keys.Select(key => $"\"{key}\"")];
        }

        return keys.Length == 1 || dice.Chance(40) ? string.Join(", ", keys) : $"{string.Join(", ", keys[..^1])} and {keys[^1]}";
    }

    private sealed class Field
    {
        public Field(string source)
        {
            var parts = source.Split(':');
            (Names, Mark, Kind) = (Grammar.Parse(parts[0]), parts[0].Split('(', '|')[1], parts[1]);
        }

        public Grammar Names { get; }

        /// <summary>Its first name is its slot in the texts.</summary>
        public string Mark { get; }

        public string Kind { get; }
    }
}
