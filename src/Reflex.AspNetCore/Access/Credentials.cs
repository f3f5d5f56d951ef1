using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Reflex.AspNetCore.Access;

/// <summary>Tells who calls by the credentials of a request.</summary>
/// <remarks>
/// A request may carry several, such as a client certificate and a key: all must be valid, and their names add up. So a
/// credential that has become invalid is noticed at once, rather than when the other one is taken away.
/// </remarks>
internal sealed partial class Credentials(
    ApiKeys keys, IOptions<ReflexAccessOptions> options, IOptionsMonitor<JwtBearerOptions> tokens, ILogger<Credentials> logger)
{
    /// <summary>The scheme of JWTs.</summary>
    public const string JwtScheme = "reflex-jwt";

    /// <summary>The scheme of client certificates.</summary>
    public const string CertificateScheme = "reflex-certificate";

    private const string Bearer = "Bearer ";

    private readonly ReflexJwtOptions? _jwt = options.Value.Jwt;
    private readonly bool _takesCertificates = options.Value.Certificates is not null;

    private bool TakesBearer => keys.IsOn || _jwt is not null;

    /// <summary>The caller.</summary>
    /// <exception cref="UnauthenticatedException">It has no credential, or one that isn't valid.</exception>
    public async Task<ClaimsPrincipal> AuthenticateAsync(HttpContext context)
    {
        var caller = new ClaimsPrincipal();
        Add(caller, FindKey(context));
        Add(caller, await FindBearerAsync(context));
        Add(caller, await FindCertificateAsync(context));
        return caller.Identity is not null ? caller : throw Refuse("carries no credential");
    }

    private static void Add(ClaimsPrincipal caller, ClaimsIdentity? identity)
    {
        if (identity is not null)
        {
            caller.AddIdentity(identity);
        }
    }

    private ClaimsIdentity? FindKey(HttpContext context)
    {
        var values = context.Request.Headers[ApiKeys.Header];
        if (values.Count == 0 || !keys.IsOn)
        {
            return null;
        }

        return keys.Find(values.ToString()) is { } name
            ? Caller.Identify(CallerName.Key + name)
            : throw Refuse(context, $"has an unknown API key in its header {ApiKeys.Header}", cause: null);
    }

    private async Task<ClaimsIdentity?> FindBearerAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.Length == 0 || !TakesBearer)
        {
            return null;
        }

        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse(context, $"has another scheme than Bearer in its header {HeaderNames.Authorization}", cause: null);
        }

        if (keys.Find(authorization[Bearer.Length..].Trim()) is { } name)
        {
            return Caller.Identify(CallerName.Key + name);
        }

        return _jwt is null ? throw RefuseBearer(context, cause: null) : await FindTokenAsync(context, _jwt);
    }

    private async Task<ClaimsIdentity> FindTokenAsync(HttpContext context, ReflexJwtOptions jwt)
    {
        if (jwt.Authority is not null)
        {
            await RequireKeysAsync(jwt.Authority, context.RequestAborted);
        }

        var result = await context.AuthenticateAsync(JwtScheme);
        return result.Succeeded ? IdentifyToken(result.Principal, jwt) : throw RefuseBearer(context, result.Failure);
    }

    // Without the authority's keys the check would fail as if the token were bad. They are asked for once, and then now and then.
    private async Task RequireKeysAsync(string authority, CancellationToken cancellationToken)
    {
        try
        {
            await tokens.Get(JwtScheme).ConfigurationManager!.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException error)
        {
            AuthoritySilent(logger, authority, error);
            throw new AuthorityUnavailableException(authority, error);
        }
    }

    private async Task<ClaimsIdentity?> FindCertificateAsync(HttpContext context)
    {
        if (!_takesCertificates || context.Connection.ClientCertificate is not { } certificate)
        {
            return null;
        }

        var result = await context.AuthenticateAsync(CertificateScheme);
        return result.Succeeded
            ? Caller.Identify(CallerName.OfCertificate(certificate.SubjectName))
            : throw Refuse(context, "has a client certificate that no known authority issued, or that isn't valid now", result.Failure);
    }

    private static ClaimsIdentity IdentifyToken(ClaimsPrincipal token, ReflexJwtOptions jwt)
    {
        // A token without a subject, as some are that services get for themselves, is called what its roles and scopes are.
        var subject = token.FindAll("sub").Select(claim => CallerName.Subject + claim.Value);
        var roles = token.FindAll(jwt.RoleClaim).Select(claim => CallerName.Role + claim.Value);
        var scopes = token.FindAll(jwt.ScopeClaim)
            .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(scope => CallerName.Scope + scope);
        return Caller.Identify([.. subject, .. roles, .. scopes]);
    }

    private UnauthenticatedException RefuseBearer(HttpContext context, Exception? cause) =>
        Refuse(context, "has a bearer credential that is unknown, invalid or expired", cause);

    private UnauthenticatedException Refuse(HttpContext context, string reason, Exception? cause)
    {
        CredentialRefused(logger, context.Request.Method, context.Request.Path, reason, context.Connection.RemoteIpAddress, cause);
        return Refuse(reason);
    }

    private UnauthenticatedException Refuse(string reason)
    {
        var taken = new List<string>();
        if (keys.IsOn)
        {
            taken.Add($"an API key in the header {ApiKeys.Header} or as 'Authorization: Bearer'");
        }

        if (_jwt is not null)
        {
            taken.Add("a JWT as 'Authorization: Bearer'");
        }

        if (_takesCertificates)
        {
            taken.Add("a client certificate");
        }

        return new UnauthenticatedException($"The request {reason}: send {string.Join(", or ", taken)}.", TakesBearer);
    }
}
