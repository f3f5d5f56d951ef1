using Reflex.Storage;

namespace Reflex.Orleans.Storage;

/// <summary>What a failure of the SQLite file is to the grain whose state was read or written.</summary>
internal static class SqliteErrors
{
    public static Exception Of(string state, string grain, Exception error) =>
        error as ReflexException ?? new StateStoreException($"the state '{state}' of {grain}", error);
}
