namespace Reflex.Storage.Postgres.Membership;

/// <summary>That a silo was found dead by another one.</summary>
internal sealed record StoredSuspicion(string By, DateTime At);
