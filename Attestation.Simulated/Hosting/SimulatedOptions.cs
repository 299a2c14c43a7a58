using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Attestation.Tcb;

namespace CocoonOrleans.Attestation.Simulated.Hosting;

/// <summary>Settings of the simulated issuer (section <c>Simulated</c>): where it serves, and what is wrong with its platform.</summary>
public sealed class SimulatedOptions
{
    /// <summary>The section.</summary>
    public const string Section = "Simulated";

    /// <summary>The unix socket that it serves, at most 107 bytes. Only the user that started it may use it.</summary>
    [Required]
    public string Socket { get; set; } = "";

    /// <summary>The file in which the world is kept, its keys included, so that another start is the same world; null for a new world at each start. Its owner's alone.</summary>
    public string? WorldFile { get; set; }

    /// <summary>How long documents and lists hold from when they are made, 10 s to 20 days; null for weeks. Short ones show what happens when none come any more.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "20.00:00:00")]
    public TimeSpan? CollateralLife { get; set; }

    /// <summary>What the world's Intel says of the platform's security versions.</summary>
    [EnumDataType(typeof(TcbStatus))]
    public TcbStatus Status { get; set; } = TcbStatus.UpToDate;

    /// <summary>The processor's certificate is revoked.</summary>
    public bool RevokedProcessor { get; set; }

    /// <summary>The issuer of the processor's certificate is revoked.</summary>
    public bool RevokedAuthority { get; set; }

    /// <summary>
    /// The first two TDX components are below every level. They count only for TDX modules of major version 0, so the platform is as good as before; a
    /// verifier that compares all sixteen refuses it.
    /// </summary>
    public bool LowFirstComponents { get; set; }

    /// <summary>A service TD is bound to the TD (MRSERVICETD).</summary>
    public bool ServiceTd { get; set; }

    /// <summary>SEPT_VE_DISABLE is clear.</summary>
    public bool SeptVeClear { get; set; }

    /// <summary>The TD can be debugged.</summary>
    public bool Debug { get; set; }

    /// <summary>The TD runs another kernel than the image that <c>GET /image</c> gives.</summary>
    public bool OtherImage { get; set; }

    /// <summary>Stops when standard input ends: whoever started it is gone.</summary>
    public bool ExitWithParent { get; set; }
}
