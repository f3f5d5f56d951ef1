namespace Reflex.Orleans.Calls;

/// <summary>Ends the calls that wait in a grain as soon as its activation is to end, whoever wants that.</summary>
/// <remarks>
/// Orleans itself ends an activation when the silo is gone that had it in its part of the directory, about every third one after the end
/// of one of three silos. It waits for the calls that run, and what is called meanwhile waits for it.
/// </remarks>
internal sealed class EndingWatch : IActivationWorkingSetObserver
{
    public void OnDeactivating(IActivationWorkingSetMember member)
    {
        if (member is IGrainContext { GrainInstance: IWaitingGrain grain })
        {
            grain.EndWaits();
        }
    }
}
