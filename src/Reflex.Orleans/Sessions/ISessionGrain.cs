using Reflex.Consumers;
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
    /// Makes a session the one that holds the consumer, durably. May be repeated with the same session. One that isn't newer than the
    /// session that holds it fails with <see cref="ConsumerReplacedException"/>.
    /// </summary>
    [Alias("Open")]
    Task<OpenResponse> OpenAsync(OpenRequest request);

    /// <summary>Moves the cursor forwards for the session that holds the consumer; an older cursor changes nothing.</summary>
    [Alias("Acknowledge")]
    Task<AcknowledgeResponse> AcknowledgeAsync(AcknowledgeRequest request);

    /// <summary>Fails with the reason once the session has ended; ends after the wait, a minute at most, while it goes on.</summary>
    [Alias("WaitUntilEnded"), ResponseTimeout("00:01:15")]
    Task<WaitUntilEndedResponse> WaitUntilEndedAsync(WaitUntilEndedRequest request, CancellationToken cancellationToken);

    /// <summary>Stores what was acknowledged.</summary>
    [Alias("Flush")]
    Task<FlushResponse> FlushAsync(FlushRequest request);

    [Alias("GetCursor")]
    Task<GetCursorResponse> GetCursorAsync(GetCursorRequest request);

    /// <summary>Sets the cursor, durably, for a consumer that needs no session, and ends a session that there is.</summary>
    [Alias("StoreCursor")]
    Task<StoreCursorResponse> StoreCursorAsync(StoreCursorRequest request);
}
