using System.CommandLine;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Chat;

/// <summary><c>cocoon chat</c>: asks one question and shows the answer as it comes.</summary>
internal static class ChatCommand
{
    private const string FromStdin = "-";

    public static Command Create()
    {
        var text = new Argument<string>("text") { Description = "What to ask; - reads it from stdin." };
        var model = new Option<string?>("--model") { Description = "The model; by default the one that the network serves." };
        var seed = new Option<long?>("--seed") { Description = "Makes the answer repeatable." };
        var gateway = new GatewayOptions();
        var command = new Command("chat", "Ask a question and show the answer as it comes.") { text, model, seed };
        gateway.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var question = await ReadAsync(result.GetRequiredValue(text), cancellationToken);
            using var http = new HttpClient { BaseAddress = gateway.Gateway(result), Timeout = Timeout.InfiniteTimeSpan };
            var client = new ChatClient(http, gateway.ApiKey(result), TimeProvider.System);
            var served = result.GetValue(model) ?? NetworkConnection.TryRead(gateway.Folder(result))?.Model ?? Models.HouseModelFolder.Name;
            return await RunAsync(client, ChatQuestion.Ask(served, question) with { Seed = result.GetValue(seed) }, http.BaseAddress, output, cancellationToken);
        });
    }

    private static async Task<int> RunAsync(
        ChatClient client, ChatQuestion question, Uri gateway, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.AskAsync(question, output.Text.Write, cancellationToken);
            output.Text.WriteLine();
            output.Console.MarkupLineInterpolated($"[dim]{answer.Model}: {answer.PromptTokens} + {answer.CompletionTokens} tokens, {answer.Cost?.ToString() ?? "?"} nano, first text after {answer.TimeToFirstToken.TotalMilliseconds:0} ms[/]");
            output.Result(ChatResult.Of(answer), CommandJson.Default.ChatResult);
            return ExitCode.Success;
        }
        catch (ChatRefusedException refusal)
        {
            throw new CommandFailedException(refusal.Message, ChatFixes.For(refusal), innerException: refusal);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException(
                $"The gateway {gateway} can't be reached, or the connection broke: {exception.Message}", "Is it up? Start a network with ./cocoon up.", innerException: exception);
        }
    }

    private static async Task<string> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (text != FromStdin)
        {
            return text;
        }

        var read = (await Console.In.ReadToEndAsync(cancellationToken)).TrimEnd('\r', '\n');
        return read.Length > 0 ? read : throw new CommandFailedException("stdin is empty.", "Pipe the question in: echo hello | ./cocoon chat -");
    }
}
