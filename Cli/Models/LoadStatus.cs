using CocoonOrleans.Inference.Engines;
using Spectre.Console;

namespace CocoonOrleans.Cli.Models;

/// <summary>Shows how far loading a model has come in the status line of a terminal.</summary>
/// <param name="status">The line.</param>
internal sealed class LoadStatus(StatusContext status) : IProgress<LoadProgress>
{
    /// <inheritdoc/>
    public void Report(LoadProgress value) => status.Status(Markup.Escape(value.Describe()));
}
