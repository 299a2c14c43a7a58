namespace CocoonOrleans.Cli.Chat;

/// <summary>What a person can do about a refusal of the gateway.</summary>
internal static class ChatFixes
{
    public static string For(ChatRefusedException refusal) => refusal switch
    {
        { Code: "invalid_api_key" } => "Give the right key with --key or COCOON_API_KEY; the development key is in the file dev-key of the data folder.",
        { Code: "insufficient_balance" } => "Ask for less, or take another account: ./cocoon account create LABEL",
        { Code: "model_not_found" } => "See which there are: ./cocoon model list",
        { Code: "context_length_exceeded" } => "Ask in fewer words.",
        { Code: "no_capacity" or "queue_full" or "shed" } => "All workers are busy or gone: try again soon, or start more with ./cocoon up --workers N.",
        { Status: >= 500 } => "Try again; the logs are in the folder logs of the data folder.",
        _ => "",
    };
}
