using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Limits;

/// <summary>Bounds what all requests together have received and not yet appended.</summary>
/// <remarks>
/// Small requests have a part of their own, so that large ones never hold them up. So have events, which take room only when their message
/// is there: whoever has any goes on by itself, and who waits for it doesn't wait for a slow client.
/// </remarks>
internal sealed class ReceivingBudget
{
    /// <summary>Up to this size a request is a small one.</summary>
    public const int SmallBytes = 32 * 1024;

    /// <summary>
    /// What an event takes besides its bytes, from its message to the answer: the objects of a small one with id, metadata and trace.
    /// </summary>
    public const int EventBytes = 512;

    // Of everything: a small request takes little, and many of them are good value.
    private const int SmallShare = 4;

    public ReceivingBudget(IOptions<ReflexServerOptions> options)
    {
        var server = options.Value;
        var limit = server.MaxReceivingBytes ?? ReflexServerOptions.DefaultReceivingBytes();
        var small = Math.Max(limit / SmallShare, SmallBytes);
        Small = new MemoryBudget(small, "small requests", server.BusyTimeout, server.TimeProvider);
        var large = Math.Max(limit - small, SmallBytes);
        Large = new MemoryBudget(large, "the bodies and messages of all requests", server.BusyTimeout, server.TimeProvider);
        Events = new MemoryBudget(large, "the events of all requests", server.BusyTimeout, server.TimeProvider);
    }

    public MemoryBudget Small { get; }

    public MemoryBudget Large { get; }

    public MemoryBudget Events { get; }

    /// <summary>What one request takes, nothing at first; for the caller to dispose.</summary>
    public ReceivingShare Open() => new(this);
}
