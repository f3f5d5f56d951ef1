namespace Reflex.Orleans.Calls;

/// <summary>Tells outside clients what the silo that they call through hears of lost calls. Its key means nothing.</summary>
[Alias("reflex.ILossGrain"), GrainInterfaceType("reflex.losses")]
internal interface ILossGrain : IGrainWithIntegerKey
{
    /// <summary>Answers as soon as calls may have been lost that the caller doesn't know of; after the wait, a minute at most.</summary>
    [Alias("Wait"), ResponseTimeout("00:01:15")]
    Task<WaitForLossResponse> WaitAsync(WaitForLossRequest request, CancellationToken cancellationToken);
}
