using Reflex.Storage;

namespace Reflex.Copying.Places;

/// <summary>A target that holds something already, and is only compared.</summary>
internal sealed class FinishedTarget(ICopySource held) : ICopyTarget
{
    public string Place => held.Place;

    public IEventLogProvider Logs => held.Logs;

    public bool IsFinished => true;

    public Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) => held.ReadStateAsync(cancellationToken);

    public Task FinishAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{Place} was finished before, and isn't changed.");

    public ValueTask DisposeAsync() => held.DisposeAsync();
}
