namespace Reflex.Orleans.Sessions;

/// <summary>Which session is watched, and for how long at most.</summary>
[GenerateSerializer, Immutable, Alias("reflex.WaitUntilEndedRequest")]
internal sealed record WaitUntilEndedRequest([property: Id(0)] Guid Session, [property: Id(1)] TimeSpan Wait);
