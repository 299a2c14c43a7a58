using System.Globalization;

namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>What fills a slot.</summary>
/// <param name="Text">As the user writes it.</param>
/// <param name="Json">As JSON has it.</param>
public readonly record struct SlotValue(string Text, string Json)
{
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "today", "tomorrow"];
    private static readonly string[] Money = ["dollars", "euros", "pounds", "yen", "francs", "USD", "EUR", "GBP", "CHF", "JPY", "TON"];
    private static readonly string[] Coins = ["TON", "Toncoin", "Bitcoin", "BTC", "ETH", "gold", "silver", "oil", "Gram"];
    private static readonly string[] Rooms = ["kitchen", "bedroom", "bathroom", "living room", "garage", "hall", "office", "cellar", "garden", "attic", "nursery", "corridor"];
    private static readonly string[] Foods = ["rice", "eggs", "potatoes", "pancakes", "soup", "beans", "fish", "pasta", "apples", "carrots", "pumpkin", "noodles", "lentils", "mushrooms"];
    private static readonly string[] Languages = ["Spanish", "German", "Portuguese", "Russian", "Ukrainian", "French", "Italian", "Polish", "Dutch", "Greek", "Turkish"];
    private static readonly string[] Endings = ["txt", "md", "json", "csv", "py", "cs", "log", "pdf"];
    private static readonly string[] Colours = ["red", "green", "blue", "yellow", "black", "white", "grey", "brown", "pink", "orange"];
    private static readonly string[] Events = ["concert", "party", "lesson", "dinner", "meeting", "market", "race", "play", "talk", "feast", "wedding", "match"];
    private static readonly IReadOnlyList<string> Topics = WordingFile.Words("topics");
    private static readonly IReadOnlyList<string> Things = WordingFile.Words("things");
    private static readonly IReadOnlyList<string> Jobs = WordingFile.Words("jobs");
    private static readonly Wordings Phrases = WordingFile.Wordings("phrases");

    /// <summary>A text.</summary>
    /// <param name="text">Without quotes, backslashes and control characters.</param>
    public static SlotValue OfText(string text) => new(text, $"\"{text}\"");

    /// <summary>A value of a kind, by the name of its slot; a digit at the end of the name tells two slots of one kind apart.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static SlotValue Next(string slot, Dice dice, Draw draw) => slot.TrimEnd('2') switch
    {
        "city" or "person" => OfText(Slots.Name(dice, draw)),
        "n" => OfNumber(1 + dice.Next(99)),
        "big" => OfNumber(dice.Chance(50) ? 100 + dice.Next(900) : 1_000 + dice.Next(90_000)),
        "amount" => dice.Chance(75) ? OfNumber(1 + dice.Next(dice.Chance(50) ? 99 : 999)) : OfDecimal(dice),
        "day" => OfText(dice.Pick(Days)),
        "text" => OfText(Phrase(dice, draw)),
        "topic" => OfText(dice.Chance(40) ? Slots.Operand(draw, () => WordList.Invent(dice, 2 + dice.Next(2)), word => word) : dice.Pick(Topics)),
        "thing" => OfText(dice.Pick(Things)),
        "money" => OfText(dice.Pick(Money)),
        "coin" => OfText(dice.Chance(50) ? dice.Pick(Coins) : Slots.Operand(draw, () => WordList.Invent(dice, 2)[..3].ToUpperInvariant(), word => word)),
        "room" => OfText(dice.Pick(Rooms)),
        "food" => OfText(dice.Chance(40) ? Slots.Operand(draw, () => WordList.Invent(dice, 2), word => word) : dice.Pick(Foods)),
        "language" => OfText(dice.Pick(Languages)),
        "file" => OfText($"{(dice.Chance(20) ? WordList.Invent(dice, 1) + "/" : "")}{Slots.Operand(draw, () => WordList.Invent(dice, 2), word => word)}.{dice.Pick(Endings)}"),
        "colour" => OfText(dice.Pick(Colours)),
        "event" => OfText(dice.Pick(Events)),
        "job" => OfText(dice.Pick(Jobs)),
        _ => throw new ArgumentException($"There is no kind of values for {{{slot}}}.", nameof(slot)),
    };

    /// <summary>Puts the value where its slot stands: "on {day}" is "on Monday", but "today".</summary>
    /// <param name="text">A wording.</param>
    /// <param name="mark">The slot with its braces.</param>
    public string PutInto(string text, string mark) =>
        (Text is "today" or "tomorrow" ? text.Replace($"on {mark}", mark, StringComparison.Ordinal).Replace($"next {mark}", mark, StringComparison.Ordinal) : text).Replace(mark, Text, StringComparison.Ordinal);

    private static SlotValue OfNumber(int number) => Raw(number.ToString(CultureInfo.InvariantCulture));

    private static SlotValue OfDecimal(Dice dice) => Raw($"{1 + dice.Next(200)}.{1 + dice.Next(9)}");

    private static SlotValue Raw(string number) => new(number, number);

    private static string Phrase(Dice dice, Draw draw) =>
        Slots.Fill(Phrases.Pick(dice, draw.HeldOutWordings), ("person", Slots.Name(dice, draw)), ("city", Slots.Name(dice, draw)));
}
