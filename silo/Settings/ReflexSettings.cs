using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Limits;
using Reflex.Orleans;
using Reflex.Orleans.Quotas;
using Reflex.Storage;

namespace Reflex.Silo.Settings;

/// <summary>All that may be set below <c>Reflex</c>.</summary>
internal static class ReflexSettings
{
    public const string Section = "Reflex";

    /// <summary>Of Orleans, when a silo is taken for dead.</summary>
    public const string Membership = "Orleans:ClusterMembership";

    /// <summary>Of Orleans, where a silo listens for it.</summary>
    public const string Endpoints = "Orleans:Endpoints";

    public const string DataPath = "DataPath";
    public const string DataAccess = "DataAccess";
    public const string Storage = "Storage";
    public const string Postgres = "Postgres";
    public const string Streams = "Streams";
    public const string Quotas = "Quotas";
    public const string Demo = "Demo";
    public const string Http = "Http";
    public const string Grpc = "Grpc";
    public const string Server = "Server";
    public const string Access = "Access";
    public const string ClusterTls = "ClusterTls";
    public const string Kubernetes = "Kubernetes";
    public const string Telemetry = "Telemetry";

    public static KnownSetting Known { get; } = KnownSetting.Of(
        (DataPath, KnownSetting.Of(typeof(string))),
        (DataAccess, KnownSetting.Of(typeof(DataAccess))),
        (Storage, KnownSetting.Of(typeof(StorageKind))),
        (Postgres, KnownSetting.Of(typeof(PostgresSettings))),
        (Streams, KnownSetting.NamedEntries(typeof(StreamSettings))),
        (Quotas, KnownSetting.Of(typeof(StreamQuotaOptions))),
        (Demo, KnownSetting.Of(typeof(bool))),
        (Http, KnownSetting.Of(typeof(ReflexHttpOptions))),
        (Grpc, KnownSetting.Of(typeof(ReflexGrpcOptions))),
        (Server, KnownSetting.Of(typeof(ReflexServerOptions))),
        (Access, KnownSetting.Of(typeof(ReflexAccessOptions), typeof(OrleansAccessSettings))),
        (ClusterTls, KnownSetting.Of(typeof(ClusterTlsOptions))),
        (Kubernetes, KnownSetting.Of(typeof(bool))),
        (Telemetry, KnownSetting.Of(typeof(TelemetrySettings))));
}
