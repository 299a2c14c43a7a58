using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Market.Configuration;

/// <summary>Settings that are checked before a process serves: a misspelt key is an error, not a default.</summary>
public static class StrictOptions
{
    /// <summary>
    /// Binds a section to options and validates them when the host starts. A key that the options don't have is refused, with the nearest
    /// one they do have; a value that breaks an annotation is refused with its key. Values are never part of the message, since some are secrets.
    /// </summary>
    /// <typeparam name="TOptions">The options; their validation attributes count, those of nested options too.</typeparam>
    /// <param name="services">Where the options are added.</param>
    /// <param name="section">The section; its path starts each key in a message.</param>
    /// <returns>The builder, for further rules.</returns>
    public static OptionsBuilder<TOptions> AddStrictOptions<TOptions>(this IServiceCollection services, IConfigurationSection section)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton<IValidateOptions<TOptions>>(new StrictOptionsValidator<TOptions>(section));
        return services.AddOptions<TOptions>().Bind(section).ValidateOnStart();
    }
}
