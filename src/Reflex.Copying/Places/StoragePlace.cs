using Reflex.Storage.Postgres;

namespace Reflex.Copying.Places;

/// <summary>Which storage is meant: a data folder, or a PostgreSQL.</summary>
public abstract record StoragePlace
{
    private protected StoragePlace()
    {
    }

    /// <summary>Reads what a user has written.</summary>
    /// <param name="text">
    /// A connection string such as <c>Host=db;Database=reflex</c>, or the path of a data folder. What has a <c>=</c> is the former, unless
    /// it begins as a path does, with a dot or a slash.
    /// </param>
    /// <param name="schema">The schema in PostgreSQL; null for the usual one. A folder has none.</param>
    /// <returns>The place; nothing was looked at.</returns>
    /// <exception cref="FormatException">It is neither.</exception>
    public static StoragePlace Parse(string text, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new FormatException("A storage is named by nothing: name a data folder, or a connection string such as 'Host=…'.");
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            throw new FormatException(
                $"The storage '{text[..text.IndexOf(':', StringComparison.Ordinal)]}://…' is an address: name a data folder, or a "
                + "connection string such as 'Host=…'.");
        }

        var isFolder = text[0] is '.' or '/' or '\\' || !text.Contains('=', StringComparison.Ordinal);
        return (isFolder, schema) switch
        {
            (true, null) => new FolderPlace(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))),
            (true, _) => throw new FormatException($"The data folder {text} has no schema, as a PostgreSQL has: leave '{schema}' out."),
            _ => new PostgresPlace(text, schema ?? new PostgresOptions().Schema),
        };
    }

    /// <summary>Opens it to be read, while no silo uses it.</summary>
    internal abstract Task<ICopySource> OpenSourceAsync(CancellationToken cancellationToken);

    /// <summary>Opens its logs to be read, while silos may use it. The state isn't read so.</summary>
    internal abstract Task<ICopySource> OpenRunningAsync(CancellationToken cancellationToken);

    /// <summary>Whether a silo uses it at the moment.</summary>
    internal abstract Task<bool> IsInUseAsync(CancellationToken cancellationToken);

    /// <summary>Opens it to be copied to, while no silo uses it.</summary>
    internal abstract Task<ICopyTarget> OpenTargetAsync(CancellationToken cancellationToken);
}
