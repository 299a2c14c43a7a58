using System.Text.Json;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>The members of one object of a request. What nobody takes by name is ignored, and listed as such.</summary>
internal sealed class RequestObject(string path, RequestReading reading)
{
    private readonly Dictionary<string, RequestField> _members = [];

    public void Add(JsonProperty member)
    {
        string name;
        try
        {
            name = member.Name;
        }
        catch (InvalidOperationException)
        {
            reading.Fail(ChatRequestError.InvalidValue, path.Length == 0 ? null : path, "A field's name is not valid Unicode.");
            return;
        }

        var place = PathOf(RequestReading.Printable(name));
        if (!_members.TryAdd(name, new RequestField(member.Value, place, reading)))
        {
            reading.Fail(ChatRequestError.InvalidValue, place, $"'{place}' is given twice.");
        }
    }

    /// <summary>Takes a member: it counts as understood. An absent one is a field that says so.</summary>
    public RequestField Take(string name) => _members.Remove(name, out var field) ? field : new RequestField(default, PathOf(name), reading);

    /// <summary>Lists what is left as ignored, unless it only says that it isn't wanted.</summary>
    /// <param name="shownPath">The path to list it under; the object's own if null.</param>
    public void IgnoreTheRest(string? shownPath = null)
    {
        foreach (var (name, field) in _members)
        {
            if (!field.IsOff)
            {
                reading.Ignore(shownPath is null ? field.Path : $"{shownPath}.{RequestReading.Printable(name)}");
            }
        }
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
