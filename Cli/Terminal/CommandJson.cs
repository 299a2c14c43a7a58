using System.Text.Json.Serialization;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Benchmarks;
using CocoonOrleans.Cli.Channels;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Cluster;
using CocoonOrleans.Cli.Demo;
using CocoonOrleans.Cli.Doctor;
using CocoonOrleans.Cli.Keys;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Providers;
using CocoonOrleans.Cli.Proxy;
using CocoonOrleans.Cli.Registry;
using CocoonOrleans.Cli.Testing;
using CocoonOrleans.Cli.Verification;
using CocoonOrleans.Cli.Watchtower;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>How results are written: property names in camel case, money as strings.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AccountResult))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(ChannelLinkResult))]
[JsonSerializable(typeof(ChannelShowResult))]
[JsonSerializable(typeof(ChargeResult))]
[JsonSerializable(typeof(ChatResult))]
[JsonSerializable(typeof(CloseResult))]
[JsonSerializable(typeof(CertificatesReport))]
[JsonSerializable(typeof(ClusterReport))]
[JsonSerializable(typeof(CommandFailure))]
[JsonSerializable(typeof(DemoResult))]
[JsonSerializable(typeof(DepositList))]
[JsonSerializable(typeof(DepositState))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(EarningsResult))]
[JsonSerializable(typeof(EncryptResult))]
[JsonSerializable(typeof(GpuBenchReport))]
[JsonSerializable(typeof(GpuReportVerdict))]
[JsonSerializable(typeof(GpuTokenVerdict))]
[JsonSerializable(typeof(KeeperReport))]
[JsonSerializable(typeof(KeyCreation))]
[JsonSerializable(typeof(ModelAudit))]
[JsonSerializable(typeof(ModelExport))]
[JsonSerializable(typeof(ModelHashes))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(NetworkConnection))]
[JsonSerializable(typeof(PayoutResult))]
[JsonSerializable(typeof(ProxyResult))]
[JsonSerializable(typeof(QuoteVerdict))]
[JsonSerializable(typeof(ReceiptReport))]
[JsonSerializable(typeof(ReconciliationReport))]
[JsonSerializable(typeof(RegistryPaperResult))]
[JsonSerializable(typeof(RegistrySentResult))]
[JsonSerializable(typeof(RegistryShowResult))]
[JsonSerializable(typeof(RevocationReport))]
[JsonSerializable(typeof(RevocationState))]
[JsonSerializable(typeof(SolvencyReport))]
[JsonSerializable(typeof(SolvencyVerdict))]
[JsonSerializable(typeof(StatementReport))]
[JsonSerializable(typeof(TestReport))]
[JsonSerializable(typeof(TopUpResult))]
[JsonSerializable(typeof(TowerResult))]
[JsonSerializable(typeof(UpResult))]
[JsonSerializable(typeof(WorkerPassResult))]
internal sealed partial class CommandJson : JsonSerializerContext;
