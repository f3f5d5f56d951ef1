using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Reflex.AspNetCore.Access;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds access control to Reflex's endpoints.</summary>
public static class ReflexAccessServiceCollectionExtensions
{
    // A caller waits for it when the authority's keys aren't known yet.
    private static readonly TimeSpan AuthorityTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds what tells who calls and who may do what, as <c>ACCESS.md</c> describes it. It concerns Reflex's own endpoints only:
    /// the application's default authentication stays what it is. Calling it again only adds to the options.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">
    /// Sets the options; null leaves the defaults, with which access is off. Faulty options stop the application's start.
    /// </param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReflexAccess(this IServiceCollection services, Action<ReflexAccessOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptionsWithValidateOnStart<ReflexAccessOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (services.Any(service => service.ServiceType == typeof(AccessGuard)))
        {
            return services;
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReflexAccessOptions>, ReflexAccessOptionsValidator>());
        services.AddSingleton<ApiKeys>().AddSingleton<Credentials>().AddSingleton<AccessPolicy>().AddSingleton<AccessGuard>();
        services.AddSingleton<KnownNames>();
        AddSchemes(services);
        services.AddOptions<JwtBearerOptions>(Credentials.JwtScheme).Configure<IOptions<ReflexAccessOptions>>(ConfigureJwt);
        services.AddOptions<CertificateAuthenticationOptions>(Credentials.CertificateScheme)
            .Configure<IOptions<ReflexAccessOptions>>(ConfigureCertificates);
        return services;
    }

    // Not AddAuthentication, which would bring data protection along, and that keeps keys in a folder of the user's.
    private static void AddSchemes(IServiceCollection services)
    {
        services.AddAuthenticationCore().AddWebEncoders().TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>());
        new AuthenticationBuilder(services)
            .AddScheme<JwtBearerOptions, JwtBearerHandler>(Credentials.JwtScheme, displayName: null, configureOptions: null)
            .AddCertificate(Credentials.CertificateScheme)
            .AddCertificateCache();
    }

    private static void ConfigureJwt(JwtBearerOptions bearer, IOptions<ReflexAccessOptions> access)
    {
        if (access.Value.Jwt is not { } jwt)
        {
            return;
        }

        // Claims keep the names that the token gives them.
        bearer.MapInboundClaims = false;
        bearer.Authority = jwt.Authority;
        bearer.BackchannelTimeout = AuthorityTimeout;
        bearer.RequireHttpsMetadata = jwt.Authority is null || !new Uri(jwt.Authority).IsLoopback;
        var validation = bearer.TokenValidationParameters;
        validation.ValidAudience = jwt.Audience;
        validation.ValidIssuer = jwt.Issuer;
        validation.IssuerSigningKey = FindKey(jwt);
    }

    private static SecurityKey? FindKey(ReflexJwtOptions jwt)
    {
        if (jwt.SigningKeyFile is not null)
        {
            return JwtKeys.TryReadFile(jwt.SigningKeyFile);
        }

        return jwt.SigningKey is not null && JwtKeys.TryReadSecret(jwt.SigningKey, out var secret) ? secret : null;
    }

    private static void ConfigureCertificates(CertificateAuthenticationOptions options, IOptions<ReflexAccessOptions> access)
    {
        if (access.Value.Certificates is not { } certificates)
        {
            return;
        }

        options.AllowedCertificateTypes = CertificateTypes.Chained;
        options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
        options.CustomTrustStore = CertificateChecks.Read(certificates);
        options.RevocationMode = certificates.CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
    }
}
