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

    /// <summary>
    /// Whether it keeps what was appended for readers who come later, in that order. From others only the number of events is
    /// required, and there is nothing to read back.
    /// </summary>
    bool IsLog { get; }

    Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken);
}
