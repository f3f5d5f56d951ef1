using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Reflex.Orleans.Calls;

/// <remarks>
/// A stateless worker is where its call comes in, and so in the silo that the client calls through, if that one has it: an earlier silo
/// hasn't, and passes the call on.
/// </remarks>
[GrainType("reflex.losses"), StatelessWorker(1), Reentrant]
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
