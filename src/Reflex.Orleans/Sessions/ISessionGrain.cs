using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Sessions;

/// <summary>
/// The part on one partition of a consumer that runs outside the cluster. Its key is a <see cref="ConsumerKey"/>. The same grain
/// is the consumer's <see cref="IConsumerGrain"/>.
/// </summary>
[Alias("reflex.ISessionGrain"), GrainInterfaceType("reflex.session")]
internal interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes a session the one that holds the consumer, durably, and answers the cursor. May be repeated with the same session.
    /// </summary>
    [Alias("Open")]
    Task<long?> OpenAsync(Guid session);

    /// <summary>Moves the cursor forwards for the session that holds the consumer; an older cursor changes nothing.</summary>
    [Alias("Acknowledge")]
    Task AcknowledgeAsync(Guid session, long cursor);

    /// <summary>Fails with the reason once the session has ended; ends after the wait, two minutes at most, while it goes on.</summary>
    [Alias("WaitUntilEnded"), ResponseTimeout("00:02:30")]
    Task WaitUntilEndedAsync(Guid session, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Stores what was acknowledged.</summary>
    [Alias("Flush")]
    Task FlushAsync();

    /// <summary>The cursor, whoever moved it.</summary>
    [Alias("GetCursor")]
    Task<long?> GetCursorAsync();

    /// <summary>Sets the cursor, durably, for a consumer that needs no session, and ends a session that there is.</summary>
    [Alias("StoreCursor")]
    Task StoreCursorAsync(long? cursor);
}
