using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// The compiled contracts of <c>contracts/</c>. A test compiles the sources and compares: another compiler or another source is another
/// contract at other addresses, and must be a decision.
/// </summary>
public static class ContractCode
{
    /// <summary>Hash of the compiled <c>contracts/channel.tolk</c>.</summary>
    public const string ChannelHash = "a712ba7a9635682470954fedd3b27290f2e52500df10d447945fb18d1c4e17fd";

    /// <summary>Hash of the compiled <c>contracts/registry.tolk</c>.</summary>
    public const string RegistryHash = "1c25d20e678bb5fe086acdce841abc7b374524de635a05547dc091ca66c32952";

    private static readonly Lazy<Cell> LazyChannel = new(() => EmbeddedCode.Load("channel", ChannelHash));
    private static readonly Lazy<Cell> LazyRegistry = new(() => EmbeddedCode.Load("registry", RegistryHash));

    /// <summary>Code of a payment channel.</summary>
    public static Cell Channel => LazyChannel.Value;

    /// <summary>Code of the registry.</summary>
    public static Cell Registry => LazyRegistry.Value;
}
