using System.Buffers.Text;
using System.Globalization;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Links;

/// <summary>
/// A transfer that a person's wallet is to make: as a <c>ton://transfer</c> link, which any wallet app opens, and as the message of a TON Connect
/// request (<c>sendTransaction</c>). Nothing in it is secret.
/// </summary>
public sealed record TransferLink
{
    private TransferLink(TonAddress destination, int network, bool bounceable, Nano? amount)
    {
        Destination = destination;
        Network = network;
        IsBounceable = bounceable;
        Amount = amount;
    }

    /// <summary>Where to.</summary>
    public TonAddress Destination { get; }

    /// <summary>See <see cref="TonNetwork"/>.</summary>
    public int Network { get; }

    /// <summary>Whether the coins come back where the destination refuses them or isn't there.</summary>
    public bool IsBounceable { get; }

    /// <summary>How much, in nano; null where the person decides.</summary>
    public Nano? Amount { get; }

    /// <summary>What the message says; null where it says nothing.</summary>
    public Cell? Body { get; private init; }

    /// <summary>The text, where the body is one.</summary>
    public string? Text { get; private init; }

    /// <summary>Code and data that are deployed with it; null for none.</summary>
    public StateInit? Init { get; private init; }

    /// <summary>A transfer to a wallet with a text beside it. It doesn't bounce.</summary>
    public static TransferLink ToWallet(TonAddress destination, int network, string text, Nano? amount)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return new TransferLink(destination, network, bounceable: false, amount) { Text = text, Body = TextComment.ToCell(text) };
    }

    /// <summary>A call of a contract. It bounces where the contract refuses it.</summary>
    public static TransferLink ToContract(TonAddress destination, int network, Nano amount, Cell body, StateInit? init = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(body);
        return new TransferLink(destination, network, bounceable: true, amount) { Body = body, Init = init };
    }

    /// <summary>The address as wallets show it; on other networks than mainnet marked as of a test.</summary>
    public string Address => Destination.ToFriendlyString(IsBounceable, testOnly: Network != TonNetwork.Mainnet);

    /// <summary>The body as a bag of cells in base64, as TON Connect has it; null for none.</summary>
    public string? Payload => Body is { } body ? Boc.WriteBase64(body) : null;

    /// <summary>What is deployed as a bag of cells in base64, as TON Connect has it; null for none.</summary>
    public string? StateInit => Init is { } init ? Boc.WriteBase64(init.ToCell()) : null;

    /// <summary>The link: <c>text</c> for a text, else <c>bin</c> and <c>init</c>, bags of cells in base64url.</summary>
    public Uri Uri
    {
        get
        {
            List<string> parts = [];
            if (Amount is { } amount)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"amount={amount.Value}"));
            }

            if (Text is { } text)
            {
                parts.Add($"text={System.Uri.EscapeDataString(text)}");
            }
            else if (Body is { } body)
            {
                parts.Add($"bin={Base64Url.EncodeToString(Boc.Write(body))}");
            }

            if (Init is { } init)
            {
                parts.Add($"init={Base64Url.EncodeToString(Boc.Write(init.ToCell()))}");
            }

            return new Uri($"ton://transfer/{Address}{(parts.Count == 0 ? "" : "?")}{string.Join('&', parts)}");
        }
    }
}
