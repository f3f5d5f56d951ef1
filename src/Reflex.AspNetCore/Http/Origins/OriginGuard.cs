using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Http.Origins;

/// <summary>Tells the requests that a browser sends for a page of somebody else, which its user knows nothing of.</summary>
/// <remarks>
/// <para>A page may send requests to any server that its user's browser reaches, this machine's included, and the browser adds what it
/// has to offer, such as a client certificate. It says where such a request comes from, in <c>Origin</c> and <c>Sec-Fetch-Site</c>,
/// which no page can change. Programs send neither.</para>
/// <para>A page whose own name has been made to lead to this machine is of the same origin as the server then, and gives itself away by
/// that name alone. Where nobody needs a credential, the name is therefore one that can lead nowhere else.</para>
/// </remarks>
internal sealed class OriginGuard
{
    private const string FetchSite = "Sec-Fetch-Site";
    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _origins;
    private readonly StringSegment[] _hosts;
    private readonly AccessGuard _access;

    public OriginGuard(IOptions<ReflexHttpOptions> options, AccessGuard access)
    {
        _access = access;
        _origins = [.. options.Value.AllowedOrigins.Select(text => OriginText.TryParse(text, out var origin) ? origin : text)];
        _hosts = [.. options.Value.AllowedHosts.Select(host => new StringSegment(new HostString(host).ToUriComponent()))];
        Policy = new CorsPolicyBuilder()
            .SetIsOriginAllowed(IsAllowed)
            .AllowCredentials()
            .AllowAnyMethod()
            .WithHeaders(
                ApiKeys.Header, HeaderNames.Authorization, HeaderNames.CacheControl, HeaderNames.ContentEncoding, HeaderNames.ContentType,
                "Last-Event-ID", HeaderNames.TraceParent, HeaderNames.TraceState)
            .WithExposedHeaders(HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate)
            .SetPreflightMaxAge(PreflightLifetime)
            .Build();
    }

    /// <summary>Whether pages of any other origin may do anything.</summary>
    public bool AllowsOthers => _origins.Count > 0;

    /// <summary>What browsers are told of the allowed origins.</summary>
    public CorsPolicy Policy { get; }

    /// <summary>Whether the pages of an origin may read, and change, what their user may.</summary>
    public bool IsAllowed(string? origin) => OriginText.TryParse(origin, out var known) && _origins.Contains(known);

    /// <summary>Whether a request would change something for a page of an origin that may not.</summary>
    public bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (IsSafe(request.Method) || IsAllowed(origin))
        {
            return false;
        }

        return (origin.Count > 0 && !IsOwn(origin, request))
            || request.Headers[FetchSite].Any(site => site is not ("same-origin" or "none"));
    }

    /// <summary>Whether a request reached a server for this machine only by a name that may be anybody's.</summary>
    public bool IsForeignHost(HttpContext context) =>
        !_access.IsOn
        && context.Connection.LocalIpAddress is { } address
        && LocalHosts.IsLoopback(address)
        && context.Request.Host is { HasValue: true, Host: var host }
        && !LocalHosts.IsLocal(host)
        && !HostString.MatchesAny(host, _hosts);

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsOwn(string? origin, HttpRequest request) =>
        OriginText.TryParse(origin, out var known)
        && OriginText.TryParse($"{request.Scheme}://{request.Host.ToUriComponent()}", out var own)
        && known == own;
}
