using System.Globalization;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Tcb;

namespace CocoonOrleans.Attestation.Simulated.Hosting;

/// <summary>What must be different in a world for what the settings ask.</summary>
internal static class PlatformConditions
{
    private const string Advisory = "INTEL-SA-00000"; // Intel has none of this number.
    private const byte Unreachable = 200;

    /// <summary>How old documents and lists are when they are made.</summary>
    private static readonly TimeSpan DocumentAge = TimeSpan.FromDays(2);
    private static readonly TimeSpan ListAge = TimeSpan.FromDays(1);

    /// <summary>An older TDX module than the one that runs now: Intel's newest is 6.</summary>
    private static readonly byte[] OldModule = WorldSettings.Svns(4, 1, 3);

    public static WorldSettings Of(SimulatedOptions options)
    {
        var settings = new WorldSettings
        {
            RevokePck = options.RevokedProcessor,
            RevokePckIssuer = options.RevokedAuthority,
        };

        // RTMR3 is that of the TD that asks.
        settings.Rtmrs = BootOf(options).Registers();

        if (options.Status is TcbStatus.TDRelaunchAdvised or TcbStatus.TDRelaunchAdvisedConfigurationNeeded)
        {
            settings.TeeTcbSvn = OldModule;
        }

        if (options.ServiceTd)
        {
            settings.MrServiceTd = WorldSettings.Filled(0x5D);
        }

        if (options.SeptVeClear)
        {
            settings.TdAttributes &= ~WorldSettings.SeptVeDisable;
        }

        if (options.Debug)
        {
            settings.TdAttributes |= 1;
        }

        settings.TcbInfo = info => Change(info, options);
        if (options.CollateralLife is { } life)
        {
            settings.TcbInfo += document => EndAfter(document, life);
            settings.QeIdentity = document => EndAfter(document, life);
            settings.RootCrl = list => list.NextUpdate = list.ThisUpdate + ListAge + life;
            settings.PckCrl = list => list.NextUpdate = list.ThisUpdate + ListAge + life;
        }

        return settings;
    }

    /// <summary>What the platform's TDs measured before they ran.</summary>
    public static SimulatedBoot BootOf(SimulatedOptions options) => options.OtherImage ? SimulatedBoot.Other : SimulatedBoot.Usual;

    private static void EndAfter(JsonObject document, TimeSpan life) => document["nextUpdate"] =
        (DateTimeOffset.Parse(document["issueDate"]!.GetValue<string>(), CultureInfo.InvariantCulture) + DocumentAge + life).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static void Change(JsonObject info, SimulatedOptions options)
    {
        var newest = info["tcbLevels"]![0]!.AsObject();
        var status = options.Status switch
        {
            TcbStatus.TDRelaunchAdvised => TcbStatus.UpToDate,
            TcbStatus.TDRelaunchAdvisedConfigurationNeeded => TcbStatus.ConfigurationNeeded,
            var same => same,
        };
        newest["tcbStatus"] = status.ToString();
        if (status != TcbStatus.UpToDate)
        {
            newest["advisoryIDs"] = new JsonArray(Advisory);
        }

        if (options.LowFirstComponents)
        {
            foreach (var level in info["tcbLevels"]!.AsArray())
            {
                var components = level!["tcb"]!["tdxtcbcomponents"]!;
                components[0]!["svn"] = Unreachable;
                components[1]!["svn"] = Unreachable;
            }
        }
    }
}
