using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.ClusterTls;
using Spectre.Console;

namespace CocoonOrleans.Cli.Cluster;

/// <summary><c>cocoon cluster certificates</c>: makes the files of <c>Cluster:Tls</c>, or renews what an authority that is there has signed.</summary>
internal static class CertificatesCommand
{
    private const string Authority = "authority";
    private const int MostDays = 3650;

    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(MostDays);
    private static readonly (string Name, string Role)[] Roles = [("silo", ClusterRole.Silo), ("gateway", ClusterRole.Gateway)];

    public static Command Create()
    {
        var folder = new Option<string>("--out") { Description = "The folder of the files; made where there is none.", Required = true };
        var days = new Option<int>("--days") { Description = $"How long the certificates of silos and gateways are valid, 1 to {MostDays} days.", DefaultValueFactory = _ => 90 };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostDays)
            {
                result.AddError($"--days must be 1 to {MostDays}.");
            }
        });
        return new Command("certificates", "Make the certificates by which silos and gateways know each other; with the authority's files there, renew them.") { folder, days }
            .Runs((result, output, _) => Task.FromResult(Run(result.GetRequiredValue(folder), result.GetValue(days), output)));
    }

    private static int Run(string folder, int days, CommandOutput output)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        try
        {
            Directory.CreateDirectory(folder);
            using ClusterAuthority authority = Open(folder, now, out bool isNew);
            foreach (var (name, role) in Roles)
            {
                (string certificate, string key) = authority.Issue(role, now, TimeSpan.FromDays(days));
                Write(folder, name, certificate, key);
                output.Console.MarkupLineInterpolated($"{name,-10} {Path.Combine(folder, $"{name}.pem")} and {name}.key, valid for {days} days");
            }

            output.Console.MarkupLineInterpolated($"authority  {Path.Combine(folder, "authority.pem")}{(isNew ? ", new; keep authority.key away from silos and gateways: whoever has it can join" : "")}");
            output.Result(new CertificatesReport(Path.GetFullPath(folder), isNew, now.AddDays(days)), CommandJson.Default.CertificatesReport);
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailedException($"The certificates can't be made: {e.Message}", "Name a folder that you may write to. Of authority.pem and authority.key both must be there, or none.");
        }
    }

    private static ClusterAuthority Open(string folder, DateTimeOffset now, out bool isNew)
    {
        var (certificate, key) = (Path.Combine(folder, $"{Authority}.pem"), Path.Combine(folder, $"{Authority}.key"));
        isNew = !File.Exists(certificate) && !File.Exists(key);
        if (!isNew)
        {
            return ClusterAuthority.FromPem(File.ReadAllText(certificate), File.ReadAllText(key));
        }

        var made = ClusterAuthority.Create(now, AuthorityLife);
        Write(folder, Authority, made.CertificatePem, made.KeyPem);
        return made;
    }

    /// <summary>The key first, and each file whole or not at all: a process may read them at any time.</summary>
    private static void Write(string folder, string name, string certificate, string key)
    {
        Place(Path.Combine(folder, $"{name}.key"), key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Place(Path.Combine(folder, $"{name}.pem"), certificate, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static void Place(string path, string text, UnixFileMode mode)
    {
        string draft = $"{path}.new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            file.Write(Encoding.ASCII.GetBytes(text + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
