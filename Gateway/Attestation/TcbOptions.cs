using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Attestation.Tcb;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>Which platforms are taken beside those that are up to date. Configuration section <c>Gateway:Attestation:Tcb</c>. By default none: each exception is named.</summary>
public sealed class TcbOptions : IValidatableObject
{
    /// <summary>Whether only platforms that are up to date are taken, and no relaunch is waited for. Then nothing else may be named.</summary>
    public bool Strict { get; set; }

    /// <summary>Advisories, such as <c>INTEL-SA-00615</c>, against whose weaknesses the images are hardened; at most 256.</summary>
    [MaxLength(256)]
    public List<string> HardenedAdvisories { get; set; } = [];

    /// <summary>Processor families whose configuration is put up with; at most 64.</summary>
    [MaxLength(64)]
    public List<ToleratedConfigurationOptions> Configurations { get; set; } = [];

    /// <summary>Processor families that may be out of date for a while; at most 64.</summary>
    [MaxLength(64)]
    public List<OutOfDateGraceOptions> Graces { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Strict && HardenedAdvisories.Count + Configurations.Count + Graces.Count > 0)
        {
            yield return new ValidationResult("must be false where exceptions are named: a strict policy has none.", [nameof(Strict)]);
        }

        if (HardenedAdvisories.FindIndex(static advisory => !IsAdvisory(advisory)) is >= 0 and var index)
        {
            yield return new ValidationResult("must be an advisory's id, such as INTEL-SA-00615.", [$"{nameof(HardenedAdvisories)}:{index}"]);
        }
    }

    /// <summary>Whether it is the id of an advisory of Intel: <c>INTEL-</c>, two or more letters, '-', five digits.</summary>
    internal static bool IsAdvisory(string advisory) =>
        advisory.Split('-') is ["INTEL", { Length: >= 2 and <= 8 } kind, { Length: 5 } number] && kind.All(char.IsAsciiLetterUpper) && number.All(char.IsAsciiDigit);

    /// <summary>The policy; only after validation.</summary>
    internal TcbPolicy ToPolicy() => new()
    {
        IsStrict = Strict,
        HardenedAdvisories = HardenedAdvisories.ToHashSet(StringComparer.Ordinal),
        Configurations = [.. Configurations.Select(static one => new ToleratedConfiguration(one.Fmspc, one.Advisories.ToHashSet(StringComparer.Ordinal)))],
        Graces = [.. Graces.Select(static one => new OutOfDateGrace(one.Fmspc, one.NewerSince, one.Until))],
    };
}
