using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;

namespace Reflex.Silo.Configuration;

/// <summary>Who may do what, by the <c>Reflex:Access</c> section.</summary>
internal static class AccessConfiguration
{
    /// <summary>
    /// Adds access control as configured, lets the server's endpoints take client certificates of the configured authorities, and
    /// refuses to listen beyond this machine without any.
    /// </summary>
    public static IServiceCollection AddConfiguredAccess(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddReflexAccess(options => section.Bind(options));
        services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<ReflexAccessOptions>>((kestrel, access) => GuardEndpoints(kestrel, access.Value));
        return services;
    }

    /// <summary>Who may come in, for people.</summary>
    public static string Describe(ReflexAccessOptions access)
    {
        if (!access.IsOn)
        {
            return access.AllowAnonymous ? "whoever reaches it may do everything" : "everybody on this machine may do everything";
        }

        string[] ways =
        [
            .. access.ApiKeys.Count > 0 ? [$"{access.ApiKeys.Count} API keys"] : Array.Empty<string>(),
            .. access.Jwt is not null ? ["JWTs"] : Array.Empty<string>(),
            .. access.Certificates is not null ? ["client certificates"] : Array.Empty<string>(),
        ];
        return $"{string.Join(", ", ways)}, by {access.Policies.Count} policies";
    }

    /// <summary>Says to a server what holds for each of its endpoints.</summary>
    public static void GuardEndpoints(KestrelServerOptions kestrel, ReflexAccessOptions access)
    {
        kestrel.ConfigureEndpointDefaults(endpoint => ExposureCheck.Require(endpoint, access));
        if (access.Certificates is not null)
        {
            // Which certificates are good is then for access control to say, which can also answer why one isn't.
            kestrel.ConfigureHttpsDefaults(https => https.AllowAnyClientCertificate());
        }
    }
}
