namespace CocoonOrleans.Silo.Hosting;

/// <summary>Which database a silo keeps everything in.</summary>
public enum DatabaseProvider
{
    /// <summary>Files in the silo's folder: one silo, or several on one machine that share it.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, which also says which silos there are: a cluster.</summary>
    PostgreSql,
}
