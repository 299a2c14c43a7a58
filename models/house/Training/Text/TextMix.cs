namespace CocoonOrleans.HouseModel.Text;

/// <summary>
/// How much of each kind of text is made. A run has two, one behind the other: what is hard to learn comes more often in the second, which the falling learning
/// rate belongs to (as in MiniCPM, Hu et al. 2024). Which one a step has depends on its number alone.
/// </summary>
public sealed record TextMix
{
    private static readonly IReadOnlyDictionary<string, int> AsTheSkillsSay = new Dictionary<string, int>();

    /// <summary>The first text, from which the vocabulary is counted too: some of everything, and words between two languages at once.</summary>
    public static readonly TextMix Early = new();

    /// <summary>The second text. A word between two languages goes through English, <c>horse=кінь</c>: 2,040 pairs are too many to be remembered, 1,020 are not.</summary>
    public static readonly TextMix Late = new()
    {
        PercentWithTools = 32,
        PercentBetween = 80,
        ThroughEnglish = true,
        Weights = new Dictionary<string, int> { ["translation"] = 150, ["subtraction"] = 20, ["reversing"] = 22, ["multiplication"] = 22, ["facts"] = 24 },
    };

    /// <summary>What is examined: the shares of the first text, with the answers of the second.</summary>
    public static readonly TextMix Examined = Early with { ThroughEnglish = true };

    /// <summary>Dialogues with functions, of 100.</summary>
    public int PercentWithTools { get; private init; } = 35;

    /// <summary>Translations that name two languages, of 100; the others are from English.</summary>
    public int PercentBetween { get; private init; } = 40;

    /// <summary>Whether a word between two other languages is answered with its English word before it.</summary>
    public bool ThroughEnglish { get; private init; }

    /// <summary>How often a skill is drawn, where that isn't what the skill itself says.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; private init; } = AsTheSkillsSay;
}
