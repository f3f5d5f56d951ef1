namespace Reflex.Storage.Postgres.State;

/// <summary>Asks for a record to be written. Its task ends with the new version, or with null when the stored version is another.</summary>
/// <param name="state">The state's name.</param>
/// <param name="grain">The grain's id.</param>
/// <param name="version">The version that was read; 0 when there was none.</param>
/// <param name="payload">The record; null removes it.</param>
internal sealed class StateWrite(string state, string grain, long version, byte[]? payload)
    : TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string State => state;

    public string Grain => grain;

    public long Version => version;

    public byte[]? Payload => payload;
}
