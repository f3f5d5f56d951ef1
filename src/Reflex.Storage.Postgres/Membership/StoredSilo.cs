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
    public static string Write(MembershipEntry entry) => JsonSerializer.Serialize(
        new StoredSilo(
            entry.SiloAddress.ToParsableString(),
            (int)entry.Status,
            entry.ProxyPort,
            entry.HostName,
            entry.SiloName,
            entry.RoleName,
            entry.UpdateZone,
            entry.FaultZone,
            entry.StartTime,
            entry.SuspectTimes?.ConvertAll(one => new StoredSuspicion(one.Item1.ToParsableString(), one.Item2))),
        StoredSiloJson.Default.StoredSilo);

    public static StoredSilo Read(string json) => JsonSerializer.Deserialize(json, StoredSiloJson.Default.StoredSilo)!;

    public MembershipEntry ToEntry(DateTime aliveAt) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(Address),
        Status = (SiloStatus)Status,
        ProxyPort = ProxyPort,
        HostName = HostName!,
        SiloName = SiloName!,
        RoleName = RoleName,
        UpdateZone = UpdateZone,
        FaultZone = FaultZone,
        StartTime = StartTime,
        IAmAliveTime = aliveAt,
        SuspectTimes = [.. (Suspicions ?? []).Select(one => Tuple.Create(SiloAddress.FromParsableString(one.By), one.At))],
    };
}
