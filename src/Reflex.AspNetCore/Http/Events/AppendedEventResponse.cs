namespace Reflex.AspNetCore.Http.Events;

/// <summary>Where an appended event stands.</summary>
internal sealed record AppendedEventResponse(string Id, int Partition);
