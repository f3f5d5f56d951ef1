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
    /// <exception cref="FormatException">A setting is unknown; the message names it.</exception>
    public static IServiceCollection AddConfiguredAccess(this IServiceCollection services, IConfigurationSection section)
    {
        RequireKnown(section);
        services.AddReflexAccess(options => section.Bind(options));
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ReflexAccessOptions>>((kestrel, access) =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => ExposureCheck.Require(endpoint, access.Value));
            if (access.Value.Certificates is not null)
            {
                // Which certificates are good is then for access control to say, which can also answer why one isn't.
                kestrel.ConfigureHttpsDefaults(https => https.AllowAnyClientCertificate());
            }
        });
        return services;
    }

    private static void RequireKnown(IConfigurationSection section)
    {
        KnownSettings.Require(section, NamesOf<ReflexAccessOptions>());
        KnownSettings.Require(section.GetSection(nameof(ReflexAccessOptions.Jwt)), NamesOf<ReflexJwtOptions>());
        KnownSettings.Require(section.GetSection(nameof(ReflexAccessOptions.Certificates)), NamesOf<ReflexCertificateOptions>());
        foreach (var policy in section.GetSection(nameof(ReflexAccessOptions.Policies)).GetChildren())
        {
            KnownSettings.Require(policy, NamesOf<ReflexAccessPolicy>());
        }
    }

    private static string[] NamesOf<TOptions>() =>
        [.. typeof(TOptions).GetProperties().Select(property => property.Name).Where(name => name != nameof(ReflexAccessOptions.IsOn))];
}
