namespace Reflex.Storage;

/// <summary>
/// What a grain storage also implements whose state only this silo sees, such as a file of its data folder. No cluster may use it, the
/// silo starts it before anything else does, and it is asked which cursors it holds. Thread-safe.
/// </summary>
public interface ILocalState
{
    /// <summary>Where the state is, for people: "the SQLite file data/reflex.db".</summary>
    string Name { get; }

    /// <summary>Looks whether the state can be used, and whether what it held was lost.</summary>
    /// <param name="logs">What holds the logs, started.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="StorageRefusedException">It can't be used, or is empty beside logs. Nothing was changed.</exception>
    Task StartAsync(IEventLogProvider logs, CancellationToken cancellationToken);

    /// <summary>The records of a name whose grains' ids begin with a text, in a few microseconds where there are few.</summary>
    /// <param name="state">The state's name.</param>
    /// <param name="grainPrefix">What the ids of the grains begin with; not empty.</param>
    /// <exception cref="StorageRefusedException">The state can't be used.</exception>
    /// <exception cref="StateStoreException">It can't be read at the moment.</exception>
    IReadOnlyList<StateRecord> List(string state, string grainPrefix);
}
