using System.Text.Json.Serialization;

namespace CocoonOrleans.Cli.Doctor;

/// <summary>What the doctor found out about one thing.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Fix">How to mend it; empty where there is nothing to mend.</param>
public sealed record Finding(string Name, FindingStatus Status, string Detail, string Fix = "");

/// <summary>How one thing is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FindingStatus>))]
public enum FindingStatus
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Works, but could be better or will hurt under load.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Something that is needed does not work.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
