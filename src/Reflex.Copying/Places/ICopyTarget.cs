using Reflex.Storage;

namespace Reflex.Copying.Places;

/// <summary>A storage that is copied to. No silo uses it before it is finished.</summary>
internal interface ICopyTarget : ICopySource
{
    /// <summary>Whether it holds something, and not a copy that isn't finished: then it is only read.</summary>
    bool IsFinished { get; }

    /// <summary>Stores the state, which is not there before, and lets silos use the storage.</summary>
    Task FinishAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken);
}
