using System.Text.RegularExpressions;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Limits;
using Reflex.Orleans;
using Reflex.Orleans.Quotas;

namespace Reflex.Silo.Settings;

/// <summary>The settings of what an application sets in code, and what is wrong with it is told of by its name there.</summary>
internal static partial class OptionNames
{
    private static readonly Dictionary<string, string> Sections = new(StringComparer.Ordinal)
    {
        [nameof(ReflexHttpOptions)] = ReflexSettings.Http,
        [nameof(ReflexGrpcOptions)] = ReflexSettings.Grpc,
        [nameof(ReflexServerOptions)] = ReflexSettings.Server,
        [nameof(ReflexAccessOptions)] = ReflexSettings.Access,
        [nameof(ClusterTlsOptions)] = ReflexSettings.ClusterTls,
        [nameof(StreamQuotaOptions)] = ReflexSettings.Quotas,
    };

    /// <summary>A text in which options are called as the settings are.</summary>
    public static string ToSettings(string text) => Option().Replace(text, option =>
        Sections.TryGetValue(option.Groups[1].Value, out var section)
            ? $"{ReflexSettings.Section}:{section}:{Part().Replace(option.Groups[2].Value, ":$1$2")}"
            : option.Value);

    [GeneratedRegex(@"\b(\w+Options)\.(\w+(?:\[[^\]]*\]|\.(?=\w)\w+)*)")]
    private static partial Regex Option();

    [GeneratedRegex(@"\[([^\]]*)\]|\.(\w+)")]
    private static partial Regex Part();
}
