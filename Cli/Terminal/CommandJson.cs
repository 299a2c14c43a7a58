using System.Text.Json.Serialization;
using CocoonOrleans.Cli.Testing;

namespace CocoonOrleans.Cli.Terminal;

/// <summary>How results are written: property names in camel case, money as strings.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CommandFailure))]
[JsonSerializable(typeof(TestReport))]
public sealed partial class CommandJson : JsonSerializerContext;
