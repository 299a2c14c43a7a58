using CocoonOrleans.HouseModel.Text.Tools;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>
/// How much of each kind of text is made. A run has two: one while the learning rate is constant, and one while it falls, in which what is hard to learn
/// comes more often (as in MiniCPM, Hu et al. 2024: what a model sees in the decay is what it remembers best). The mix of a step depends on its number alone.
/// </summary>
public sealed record TextMix
{
    private static readonly IReadOnlyDictionary<string, int> AsTheSkillsSay = new Dictionary<string, int>();

    /// <summary>The text of the constant part, from which the vocabulary is counted too: much of everything, and words between two languages at once.</summary>
    public static readonly TextMix Constant = new();

    /// <summary>
    /// The text of the decay. A word between two languages goes through English, <c>horse=кінь</c>: 2,040 pairs are too many to be remembered, 1,020 are not.
    /// What only an absent function could do is as frequent as what a present one does.
    /// </summary>
    public static readonly TextMix Decay = new()
    {
        PercentWithTools = 40,
        PercentDeclined = 50,
        PercentMissing = 65,
        PercentBetween = 70,
        ThroughEnglish = true,
        Weights = new Dictionary<string, int> { ["translation"] = 60, ["subtraction"] = 24, ["reversing"] = 24, ["multiplication"] = 26, ["facts"] = 26 },
    };

    /// <summary>What is examined: the shares of the constant part, with the answers of the decay.</summary>
    public static readonly TextMix Examined = Constant with { ThroughEnglish = true };

    /// <summary>Dialogues with functions, of 100.</summary>
    public int PercentWithTools { get; private init; } = 35;

    /// <summary>Turns beside functions that call none, of 100.</summary>
    public int PercentDeclined { get; private init; } = 32;

    /// <summary>Turns of those that ask for what only an absent function could do (<see cref="ToolUse.NextMissing"/>), of 100; the others need no function.</summary>
    public int PercentMissing { get; private init; } = 35;

    /// <summary>Translations that name two languages, of 100; the others are from English.</summary>
    public int PercentBetween { get; private init; } = 40;

    /// <summary>Whether a word between two other languages is answered with its English word before it.</summary>
    public bool ThroughEnglish { get; private init; }

    /// <summary>How often a skill is drawn, where that isn't what the skill itself says.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; private init; } = AsTheSkillsSay;
}
