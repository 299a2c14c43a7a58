namespace CocoonOrleans.Gateway.Cluster;

/// <summary>The cluster did not answer, or could not do its work, after all tries. What was asked may or may not have happened.</summary>
public sealed class ClusterUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
