using System.Globalization;
using Microsoft.Extensions.Options;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Membership;
using Reflex.Storage.Postgres.Schema;
using Reflex.Storage.Postgres.State;

namespace Reflex.Storage.Postgres.Copying;

/// <summary>All that a cluster keeps in PostgreSQL, for who copies it from there or to there. Thread-safe.</summary>
public sealed class PostgresStorage : IAsyncDisposable
{
    // A silo says that it is alive every half a minute, unless it is configured otherwise.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromMinutes(2);

    private readonly PostgresDatabase _database;
    private readonly PostgresLogProvider _logs;
    private readonly CopyMark _mark;

    private PostgresStorage(PostgresOptions options)
    {
        _database = new PostgresDatabase(options);
        _logs = new PostgresLogProvider(_database, Options.Create(options));
        _mark = new CopyMark(_database);
    }

    /// <summary>Where it is, for people.</summary>
    public string Place => _database.Place;

    /// <summary>The logs. They needn't be started.</summary>
    public IEventLogProvider Logs => _logs;

    /// <summary>Chooses a database; nothing is connected yet.</summary>
    /// <param name="options">The database and its schema.</param>
    /// <returns>The storage; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The options can't be used.</exception>
    public static PostgresStorage At(PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var found = new PostgresOptionsValidator().Validate(null, options);
        return found.Succeeded
            ? new PostgresStorage(options)
            : throw new ArgumentException(string.Join(' ', found.Failures!), nameof(options));
    }

    /// <summary>Looks whether there is a schema of this version, and nothing in the way of reading it. Makes nothing.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="StorageRefusedException">There is none, it is an unfinished copy, or it can't be used.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        await PostgresSchema.RequireAsync(_database, cancellationToken).ConfigureAwait(false);
        await AskAsync(() => CopyMark.RequireNoneAsync(_database, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Refuses a storage that silos use.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="StorageRefusedException">A silo is running, or was a moment ago.</exception>
    public async Task RequireNoSiloAsync(CancellationToken cancellationToken)
    {
        if (await FindSiloAsync(cancellationToken).ConfigureAwait(false) is { } silo)
        {
            throw new StorageRefusedException(
                $"{silo}: stop all silos first; one that was killed counts as living for {SignOfLife.TotalMinutes:0} minutes.");
        }
    }

    /// <summary>Whether a silo is running, or was a moment ago.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>What is to be said of it, as the beginning of a sentence; null when there is none.</returns>
    public Task<string?> FindSiloAsync(CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var living = await _database.QueryAsync(
            new MembershipStatements(_database.Schema).Living,
            reader => (Cluster: reader.GetString(0), Silo: reader.GetString(1), Seconds: reader.GetDouble(2)),
            cancellationToken,
            PostgresDatabase.Value((int)SiloStatus.Dead),
            PostgresDatabase.Value(SignOfLife.TotalSeconds)).ConfigureAwait(false);
        return living is [var (cluster, silo, seconds)]
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The silo {silo} of the cluster '{cluster}' uses {Place}, and was alive {Math.Max(seconds, 0):0} s ago")
            : null;
    });

    /// <summary>Makes the schema where there is none, and begins a copy into it, or goes on with one that isn't finished.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it is a copy's now; false where it holds something else, and nothing was changed.</returns>
    /// <exception cref="StorageRefusedException">It can't be used, or a silo is running.</exception>
    public async Task<bool> BeginCopyAsync(CancellationToken cancellationToken)
    {
        await PostgresSchema.PrepareAsync(_database, cancellationToken).ConfigureAwait(false);
        await RequireNoSiloAsync(cancellationToken).ConfigureAwait(false);
        return await AskAsync(async () =>
        {
            await _mark.SetAsync(cancellationToken).ConfigureAwait(false);
            return await _mark.IsSetAsync(cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Stores the state of a copy, and lets silos use it, in one step.</summary>
    /// <param name="records">All records.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StorageRefusedException">It is no unfinished copy any more.</exception>
    /// <exception cref="StateStoreException">PostgreSQL failed. If it did so at the end, the outcome is unknown.</exception>
    public Task FinishCopyAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken) =>
        AskAsync(() => _mark.ReplaceAsync(records, cancellationToken));

    /// <summary>All records of grains' state.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The records, in the order of their grains.</returns>
    /// <exception cref="StateStoreException">PostgreSQL failed.</exception>
    public Task<IReadOnlyList<StateRecord>> ReadStateAsync(CancellationToken cancellationToken) =>
        AskAsync(() => _mark.ReadOthersAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _logs.Dispose();
        return _database.DisposeAsync();
    }

    private Task AskAsync(Func<Task> ask) => AskAsync(async () =>
    {
        await ask().ConfigureAwait(false);
        return true;
    });

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            throw new StateStoreException($"the state in {Place}", error);
        }
    }
}
