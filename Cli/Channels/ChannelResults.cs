namespace CocoonOrleans.Cli.Channels;

/// <summary>The JSON object of <c>cocoon channel open|topup|withdraw|close|finish</c>: what your wallet is to send.</summary>
/// <param name="Channel">The channel's address as wallets show it.</param>
/// <param name="RawAddress">The same in raw form.</param>
/// <param name="File">The channel's file.</param>
/// <param name="Action">What the message does.</param>
/// <param name="Amount">What it carries, in nano: gas included, of which the rest comes back.</param>
/// <param name="Link">For a wallet app.</param>
public sealed record ChannelLinkResult(string Channel, string RawAddress, string File, string Action, string Amount, string Link);

/// <summary>The JSON object of <c>cocoon channel show</c>. Amounts are nano, as decimal strings.</summary>
/// <param name="RawAddress">The channel's address in raw form.</param>
/// <param name="Phase">By the operator's word, as are the next four.</param>
/// <param name="Deposited">What the chain has of it.</param>
/// <param name="Claimed">What the operator got.</param>
/// <param name="Captured">What the operator says was used.</param>
/// <param name="Held">What it holds for requests that run.</param>
/// <param name="Used">What this client knows was used.</param>
/// <param name="Unsure">The most that requests may cost whose end it doesn't know.</param>
/// <param name="Promised">All that it signed.</param>
/// <param name="Overcharged">What the operator counts or got beyond what was asked for; zero in order.</param>
/// <param name="Forks">In how many serials the operator has two different vouchers.</param>
public sealed record ChannelShowResult(
    string RawAddress, string Phase, string Deposited, string Claimed, string Captured, string Held, string Used, string Unsure, string Promised, string Overcharged, int Forks);
