namespace Reflex.Benchmarks.Peers;

/// <summary>Something that takes events and hands them on: Reflex, or what somebody would use instead. Disposing stops it.</summary>
internal interface IMeasuredSystem : IAsyncDisposable
{
    /// <summary>Its name in the figures.</summary>
    string Name { get; }

    /// <summary>Whether it is Reflex; ratios are ours to theirs.</summary>
    bool IsOurs { get; }

    /// <summary>Whether an append is done only when the device has it: systems are compared with those of the same promise.</summary>
    bool IsFlushed { get; }

    /// <summary>Whether a reader gets what was appended before it came.</summary>
    bool KeepsEvents { get; }

    Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken);
}
