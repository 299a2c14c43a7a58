using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Inference.Scripted;

/// <summary>One rule of a script. The first rule that fits a prompt decides.</summary>
public sealed class ScriptedRule
{
    /// <summary>The rule fits prompts that contain this text; empty fits every prompt.</summary>
    [Required(AllowEmptyStrings = true)]
    public string WhenPromptContains { get; set; } = "";

    /// <summary>What is done.</summary>
    [EnumDataType(typeof(ScriptedBehaviour))]
    public ScriptedBehaviour Behaviour { get; set; } = ScriptedBehaviour.Answer;

    /// <summary>The text that is said.</summary>
    [Required(AllowEmptyStrings = true)]
    public string Answer { get; set; } = "";

    /// <summary>From the slot's being taken to the first token, 0 to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan FirstTokenDelay { get; set; }

    /// <summary>Tokens a second from then on, 0 to 1,000,000; 0 waits for nothing.</summary>
    [Range(0, 1_000_000)]
    public double TokensPerSecond { get; set; }

    /// <summary>The answer fails after so many tokens, 0 or more; null lets it be complete.</summary>
    [Range(0, int.MaxValue)]
    public int? FailAfterTokens { get; set; }
}
