namespace Reflex.Orleans.Sessions;

/// <summary>The wait is over, and the session goes on.</summary>
[GenerateSerializer, Immutable, Alias("reflex.WaitUntilEndedResponse")]
internal sealed record WaitUntilEndedResponse
{
    public static WaitUntilEndedResponse Instance { get; } = new();
}
