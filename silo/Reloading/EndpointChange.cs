namespace Reflex.Silo.Reloading;

/// <summary>A difference between the endpoints that are served and those of changed settings.</summary>
/// <param name="Kind">What it does to the server.</param>
/// <param name="Name">The endpoint's name.</param>
/// <param name="Settings">What is wanted, by the names below the endpoint.</param>
internal sealed record EndpointChange(EndpointChangeKind Kind, string Name, IReadOnlyDictionary<string, string?> Settings);
