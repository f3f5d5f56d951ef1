using Reflex.Storage;

namespace Reflex.Copying.Places;

/// <summary>A storage that is read, and that nobody else changes meanwhile.</summary>
internal interface ICopySource : IAsyncDisposable
{
    /// <summary>Where it is, for people.</summary>
    string Place { get; }

    /// <summary>Its logs; they needn't be started.</summary>
    IEventLogProvider Logs { get; }

    /// <summary>All records of grains' state; null where there is nothing that could hold some.</summary>
    Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken);
}
