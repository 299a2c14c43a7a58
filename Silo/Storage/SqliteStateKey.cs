namespace CocoonOrleans.Silo.Storage;

/// <summary>Whose state it is: the cluster's service id, the storage's name, the state's name and the grain.</summary>
internal readonly record struct SqliteStateKey(string Service, string Storage, string State, string Grain);
