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
        RequireParts<ReflexAccessOptions>(section);
        RequireParts<ReflexJwtOptions>(section.GetSection(nameof(ReflexAccessOptions.Jwt)));
        RequireParts<ReflexCertificateOptions>(section.GetSection(nameof(ReflexAccessOptions.Certificates)));
        foreach (var policy in section.GetSection(nameof(ReflexAccessOptions.Policies)).GetChildren())
        {
            RequireParts<ReflexAccessPolicy>(policy);
        }

        foreach (var key in section.GetSection(nameof(ReflexAccessOptions.ApiKeys)).GetChildren())
        {
            KnownSettings.RequireNoValue(key, "a list of SHA-256 hashes");
        }
    }

    private static void RequireParts<TOptions>(IConfigurationSection section)
    {
        KnownSettings.Require(section, NamesOf<TOptions>());
        KnownSettings.RequireNoValue(section, string.Join(", ", NamesOf<TOptions>()) + " below it");
    }

    private static string[] NamesOf<TOptions>() =>
        [.. typeof(TOptions).GetProperties().Select(property => property.Name).Where(name => name != nameof(ReflexAccessOptions.IsOn))];
}
