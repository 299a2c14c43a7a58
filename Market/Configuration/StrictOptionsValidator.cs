using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Market.Configuration;

/// <summary>Refuses unknown keys and values that break an annotation, each with its full key.</summary>
internal sealed class StrictOptionsValidator<TOptions>(IConfigurationSection section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var failures = new List<string>();
        FindUnknownKeys(section, typeof(TOptions), failures);
        FindBrokenRules(section.Path, options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void FindUnknownKeys(IConfigurationSection section, Type type, List<string> failures)
    {
        if (ElementType(type) is { } element)
        {
            foreach (IConfigurationSection child in section.GetChildren())
            {
                FindUnknownKeys(child, element, failures);
            }

            return;
        }

        if (!IsOptions(type))
        {
            return;
        }

        PropertyInfo[] known = Settable(type);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            PropertyInfo? property = Array.Find(known, candidate => candidate.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is not null)
            {
                FindUnknownKeys(child, property.PropertyType, failures);
            }
            else
            {
                string? nearest = known.Select(candidate => candidate.Name).MinBy(candidate => Distance(candidate, child.Key));
                failures.Add($"{child.Path} is not a setting. The nearest one is {section.Path}:{nearest}.");
            }
        }
    }

    private static void FindBrokenRules(string path, object options, List<string> failures)
    {
        if (options is IEnumerable list and not string)
        {
            int index = 0;
            foreach (object? element in list)
            {
                if (element is not null)
                {
                    FindBrokenRules($"{path}:{index}", element, failures);
                }

                index++;
            }

            return;
        }

        if (!IsOptions(options.GetType()))
        {
            return;
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (ValidationResult result in results)
        {
            failures.Add($"{path}:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}");
        }

        foreach (PropertyInfo property in Settable(options.GetType()))
        {
            if (property.GetValue(options) is { } nested)
            {
                FindBrokenRules($"{path}:{property.Name}", nested, failures);
            }
        }
    }

    private static PropertyInfo[] Settable(Type type) =>
        Array.FindAll(type.GetProperties(BindingFlags.Public | BindingFlags.Instance), property => property.CanWrite || ElementType(property.PropertyType) is not null);

    /// <summary>Whether a type has keys of its own, as against a value that is read from one string.</summary>
    private static bool IsOptions(Type type) =>
        type is { IsPrimitive: false, IsEnum: false } && Nullable.GetUnderlyingType(type) is null && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    /// <summary>What a list or dictionary holds; null where the type is neither.</summary>
    private static Type? ElementType(Type type) => type == typeof(string)
        ? null
        : type.GetInterfaces().Append(type)
            .Where(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .Select(candidate => candidate.GenericTypeArguments[0])
            .Select(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? candidate.GenericTypeArguments[1] : candidate)
            .FirstOrDefault();

    /// <summary>Levenshtein's distance without regard to case.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substituted = diagonal + (char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
