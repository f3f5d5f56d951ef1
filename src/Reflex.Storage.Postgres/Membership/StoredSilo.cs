using System.Text.Json;

namespace Reflex.Storage.Postgres.Membership;

/// <summary>A silo as its row's JSON tells of it. A member that this version doesn't know is passed over; SCHEMA.md lists them.</summary>
internal sealed record StoredSilo(
    string Address,
    int Status,
    int ProxyPort,
    string? HostName,
    string? SiloName,
    string? RoleName,
    int UpdateZone,
    int FaultZone,
    DateTime StartTime,
    IReadOnlyList<StoredSuspicion>? Suspicions)
{
    public static string Write(MembershipEntry entry, MembershipClock clock) => JsonSerializer.Serialize(
        new StoredSilo(
            entry.SiloAddress.ToParsableString(),
            (int)entry.Status,
            entry.ProxyPort,
            entry.HostName,
            entry.SiloName,
            entry.RoleName,
            entry.UpdateZone,
            entry.FaultZone,
            clock.ToStored(entry.StartTime),
            entry.SuspectTimes?.ConvertAll(one => new StoredSuspicion(one.Item1.ToParsableString(), clock.ToStored(one.Item2)))),
        StoredSiloJson.Default.StoredSilo);

    public static StoredSilo Read(string json) => JsonSerializer.Deserialize(json, StoredSiloJson.Default.StoredSilo)!;

    public MembershipEntry ToEntry(DateTime aliveAt, MembershipClock clock) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(Address),
        Status = (SiloStatus)Status,
        ProxyPort = ProxyPort,
        HostName = HostName!,
        SiloName = SiloName!,
        RoleName = RoleName,
        UpdateZone = UpdateZone,
        FaultZone = FaultZone,
        StartTime = clock.ToOwn(StartTime),
        IAmAliveTime = clock.ToOwn(aliveAt),
        SuspectTimes = [.. (Suspicions ?? []).Select(one => Tuple.Create(SiloAddress.FromParsableString(one.By), clock.ToOwn(one.At)))],
    };
}
