namespace Reflex.Orleans.Calls;

/// <summary>A grain in which calls wait for long.</summary>
internal interface IWaitingGrain
{
    /// <summary>Answers the calls that wait. Called when the activation begins to end, on any thread; never waits itself.</summary>
    void EndWaits();
}
