using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Tests.Inference.Scripted;

/// <summary>The environment that a host would have.</summary>
public sealed class TestEnvironment(string name) : IHostEnvironment
{
    public string EnvironmentName { get; set; } = name;

    public string ApplicationName { get; set; } = "Tests.Inference";

    public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

    public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
}
