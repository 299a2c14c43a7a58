using System.Text.Json.Serialization;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Doctor;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Testing;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>How results are written: property names in camel case, money as strings.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatResult))]
[JsonSerializable(typeof(CommandFailure))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ModelHashes))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(NetworkConnection))]
[JsonSerializable(typeof(TestReport))]
[JsonSerializable(typeof(UpResult))]
public sealed partial class CommandJson : JsonSerializerContext;
