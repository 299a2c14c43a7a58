using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Market.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Market.Configuration;

public sealed class StrictOptionsTests
{
    [Fact]
    public void AddStrictOptions_KnownKeys_AreBound()
    {
        PortOptions options = Bind(("Door:Port", "81"), ("Door:Lamp:Colour", "red"), ("Door:Lamps:0:Colour", "blue"));

        Assert.Equal(81, options.Port);
        Assert.Equal("red", options.Lamp.Colour);
        Assert.Equal("blue", Assert.Single(options.Lamps).Colour);
    }

    [Fact]
    public void AddStrictOptions_MisspeltKey_NamesTheNearestOne()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(("Door:Prot", "81")));

        Assert.Equal("Door:Prot is not a setting. The nearest one is Door:Port.", Assert.Single(error.Failures));
    }

    [Theory]
    [InlineData("Door:Lamp:Color")]
    [InlineData("Door:Lamps:0:Color")]
    [InlineData("Door:Named:front:Color")]
    public void AddStrictOptions_MisspeltNestedKey_IsFound(string key)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind((key, "red"), (key.Replace("Color", "Colour", StringComparison.Ordinal), "red")));

        Assert.Contains($"{key} is not a setting. The nearest one is {key[..^5]}Colour.", error.Failures);
    }

    [Fact]
    public void AddStrictOptions_ValueOutOfRange_NamesItsKeyAndNotTheValue()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(("Door:Port", "70123")));

        string failure = Assert.Single(error.Failures);
        Assert.StartsWith("Door:Port: ", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("70123", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void AddStrictOptions_NestedValueMissing_NamesItsKey()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(("Door:Lamps:0:Colour", "")));

        Assert.StartsWith("Door:Lamps:0:Colour: ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void AddStrictOptions_AbsentSection_GivesDefaults() => Assert.Equal(80, Bind().Port);

    private static PortOptions Bind(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        using ServiceProvider services = new ServiceCollection()
            .AddStrictOptions<PortOptions>(configuration.GetSection("Door"))
            .Services
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<PortOptions>>().Value;
    }

    private sealed class PortOptions
    {
        [Range(1, 65535)]
        public int Port { get; set; } = 80;

        public LampOptions Lamp { get; set; } = new();

        public List<LampOptions> Lamps { get; } = [];

        public Dictionary<string, LampOptions> Named { get; } = [];

        public TimeSpan? Closing { get; set; }
    }

    private sealed class LampOptions
    {
        [Required]
        public string Colour { get; set; } = "white";
    }
}
