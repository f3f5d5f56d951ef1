namespace Reflex.Orleans.Calls;

/// <summary>Tells an outside client what the silo that it calls through hears of lost calls. Its key is the client's own.</summary>
[Alias("reflex.ILossGrain"), GrainInterfaceType("reflex.losses")]
internal interface ILossGrain : IGrainWithGuidKey
{
    /// <summary>Answers as soon as calls may have been lost that the caller doesn't know of; after the wait, a minute at most.</summary>
    [Alias("Wait"), ResponseTimeout("00:01:15")]
    Task<WaitForLossResponse> WaitAsync(WaitForLossRequest request, CancellationToken cancellationToken);
}
