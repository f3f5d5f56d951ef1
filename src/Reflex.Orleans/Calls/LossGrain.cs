using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Reflex.Orleans.Calls;

/// <remarks>
/// In the silo that the client calls it through, if that one has it: an earlier silo hasn't, and passes the call on. It is no stateless
/// worker, whose calls Orleans' clients send to their gateways in turn.
/// </remarks>
[GrainType("reflex.losses"), PreferLocalPlacement, Reentrant, Immovable]
internal sealed class LossGrain(
    CallLosses losses, SiloDrain drain, [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider) : Grain, ILossGrain
{
    public async Task<WaitForLossResponse> WaitAsync(WaitForLossRequest request, CancellationToken cancellationToken)
    {
        // Before the count is: a loss that is told in between ends the wait at once.
        var lost = losses.Next;
        if (request.Source == losses.Source && request.Count == losses.Count)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Stopping, lost);
            await Task.Delay(request.Wait, timeProvider, ending.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return new WaitForLossResponse(losses.Source, losses.Count);
    }
}
