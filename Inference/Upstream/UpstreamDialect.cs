namespace CocoonOrleans.Inference.Upstream;

/// <summary>Which API an upstream is asked by. Formats as read from the servers' sources and documents; <c>docs/upstream.md</c> says which ones were run.</summary>
public enum UpstreamDialect
{
    /// <summary>The server says in its list of models what it is; one that is none of the others is asked as <see cref="OpenAi"/>.</summary>
    Auto,

    /// <summary>vLLM: <c>/v1/completions</c> with <c>return_token_ids</c>.</summary>
    Vllm,

    /// <summary>SGLang: <c>/generate</c> with <c>input_ids</c>.</summary>
    Sglang,

    /// <summary>llama.cpp's llama-server: <c>/completion</c>. Tokens are counted from the text.</summary>
    LlamaServer,

    /// <summary>Any other server with OpenAI's <c>/v1/completions</c> that takes a prompt of token ids. Tokens are counted from the text.</summary>
    OpenAi,
}
