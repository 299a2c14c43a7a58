using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Scripted;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.WorkerHost.Sealing;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>The settings of a worker: section <c>Worker</c> of command line, environment or JSON file.</summary>
public sealed class WorkerOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Worker";

    /// <summary>A name for people, 1 to 64 characters.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>Whose machine it is, and so who is paid: an <see cref="AccountId"/>.</summary>
    public string ProviderId { get; set; } = "";

    /// <summary>
    /// Where <see cref="ProviderId"/> is the provider's key, 64 hexadecimal digits: the provider's signature that this worker is its own, 128 digits.
    /// <c>cocoon worker pass</c> makes it. No secret.
    /// </summary>
    public string? ProviderPass { get; set; }

    /// <summary>Which network it works for, as its gateways say: 1 to 64 of a-z, 0-9, '.' and '-'. It stands in every statement and receipt.</summary>
    [Required, RegularExpression("^[a-z0-9.-]{1,64}$", ErrorMessage = "must be 1 to 64 of a-z, 0-9, '.' and '-'.")]
    public string NetworkId { get; set; } = "local";

    /// <summary>The gateways to dial, 1 to 16.</summary>
    [MinLength(1, ErrorMessage = "must name at least one gateway: set Worker:Gateways:0:Address and Worker:Gateways:0:Key."), MaxLength(16)]
    public List<GatewayOptions> Gateways { get; set; } = [];

    /// <summary>The models to serve, 1 to 64.</summary>
    [MinLength(1, ErrorMessage = "must name at least one model: set Worker:Models:0:Name and Worker:Models:0:Folder."), MaxLength(64)]
    public List<ModelOptions> Models { get; set; } = [];

    /// <summary>
    /// What computes the answers: <c>native</c>; <c>upstream</c>, another server that each model names; or <c>scripted</c> for tests (never in the Production environment).
    /// With quotes that are not simulated it must be <c>native</c>: prompts must not leave what is attested.
    /// </summary>
    public EngineKind Engine { get; set; } = EngineKind.Native;

    /// <summary>Threads, slots and limits of the native engine.</summary>
    public NativeEngineOptions Native { get; set; } = new();

    /// <summary>Slots and limits of the upstream engine.</summary>
    public UpstreamEngineOptions Upstream { get; set; } = new();

    /// <summary>The script of the scripted engine.</summary>
    public ScriptedEngineOptions? Scripted { get; set; }

    /// <summary>What makes the quotes behind the worker's statements; null for none, and the tier <c>open</c>.</summary>
    public QuoteOptions? Quotes { get; set; }

    /// <summary>Where the worker keeps its key and the receipts that no gateway has acknowledged yet.</summary>
    [Required]
    public string DataFolder { get; set; } = "data/worker";

    /// <summary>The folder with the worker's key; null: <c>identity</c> in <see cref="DataFolder"/>. The key is made where there is none.</summary>
    public string? IdentityFolder { get; set; }

    /// <summary>How long running jobs may go on after the worker was told to stop.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the worker stops when its standard input ends, as it does when the process that started it is gone.</summary>
    public bool ExitWithParent { get; set; }

    /// <summary>The folder with the worker's key.</summary>
    internal string IdentityPath => IdentityFolder ?? Path.Combine(DataFolder, "identity");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AccountId.IsValid(ProviderId))
        {
            yield return new ValidationResult("must be 1 to 64 letters, digits and '-', such as anna-home.", [nameof(ProviderId)]);
        }

        if (ProviderPass is not (null or { Length: 128 }) || ProviderPass?.All(char.IsAsciiHexDigitLower) == false)
        {
            yield return new ValidationResult("must be the 128 lower-case hexadecimal digits that ./cocoon worker pass printed for this worker.", [nameof(ProviderPass)]);
        }

        if (Engine == EngineKind.Scripted && Scripted is null)
        {
            yield return new ValidationResult("must hold the script, at least Worker:Scripted:Rules:0:Answer, since Worker:Engine is scripted.", [nameof(Scripted)]);
        }

        if (Engine == EngineKind.Upstream && Models.FindIndex(model => model.Upstream is null) is >= 0 and var without)
        {
            yield return new ValidationResult(
                $"must say for each model which server computes it, since Worker:Engine is upstream: set Worker:Models:{without}:Upstream:Address, :Model and :Weights.", [nameof(Models)]);
        }

        if (Engine != EngineKind.Upstream && Models.Exists(model => model.Upstream is not null))
        {
            yield return new ValidationResult("must be upstream where a model names an upstream: one worker has one engine.", [nameof(Engine)]);
        }

        if (Quotes is { IsSimulated: false } && Engine != EngineKind.Native)
        {
            yield return new ValidationResult(
                "must be native where Worker:Quotes names a source that is not simulated: any other engine hands prompts to a process that no quote vouches for. Without Worker:Quotes the worker's tier is open.", [nameof(Engine)]);
        }

        if (Quotes is { Measures: true } && Models.FindIndex(model => model.ManifestSha256 is null) is >= 0 and var unmeasured)
        {
            yield return new ValidationResult(
                $"must say which content each model has, since that is measured before anything is loaded: set Worker:Models:{unmeasured}:ManifestSha256 (./cocoon model hash FOLDER).", [nameof(Models)]);
        }

        if (Models.Select(model => model.Name).Distinct(StringComparer.Ordinal).Count() < Models.Count)
        {
            yield return new ValidationResult("must not name a model twice.", [nameof(Models)]);
        }
    }
}
