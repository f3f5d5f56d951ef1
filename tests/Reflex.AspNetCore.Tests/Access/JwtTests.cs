using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

public sealed class JwtTests(Cluster cluster) : IDisposable
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly string _file = Path.GetTempFileName();

    public void Dispose()
    {
        _ec.Dispose();
        _rsa.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("subject:alice", HttpStatusCode.OK)]
    [InlineData("role:operator", HttpStatusCode.OK)]
    [InlineData("role:auditor", HttpStatusCode.OK)]
    [InlineData("scope:reflex.read", HttpStatusCode.OK)]
    [InlineData("*", HttpStatusCode.OK)]
    [InlineData("subject:Alice", HttpStatusCode.Forbidden)]
    [InlineData("role:alice", HttpStatusCode.Forbidden)]
    [InlineData("scope:reflex", HttpStatusCode.Forbidden)]
    public async Task Ask_WithAToken_IsAllowedByItsSubjectRolesAndScopes(string who, HttpStatusCode expected)
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await StartAsync(UseSecret, who, stream);

        using var answer = await server.AskAsync("GET", $"/streams/{stream}", Token(new SymmetricSecurityKey(Secret)));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Ask_WithATokenThatClaimsAPoliciesNames_IsNotTakenForThem()
    {
        await using var server = await StartAsync(UseSecret, "role:admin", "orders");
        var token = Token(
            new SymmetricSecurityKey(Secret),
            claims: new() { ["sub"] = "eve", [Caller.NameClaim] = "role:admin", ["role"] = "admin" });

        using var answer = await server.AskAsync("GET", "/streams/orders", token);

        Assert.Contains("'subject:eve'", (await answer.ProblemAsync(HttpStatusCode.Forbidden, "access-denied")).Detail());
    }

    [Theory]
    [InlineData("another issuer")]
    [InlineData("another audience")]
    [InlineData("expired")]
    [InlineData("another key")]
    [InlineData("no signature")]
    public async Task Ask_WithABadToken_Answers401(string fault)
    {
        await using var server = await StartAsync(UseSecret, "subject:alice", "orders");
        var key = fault == "another key" ? RandomNumberGenerator.GetBytes(32) : Secret;
        var token = Token(
            fault == "no signature" ? null : new SymmetricSecurityKey(key),
            issuer: fault == "another issuer" ? "https://elsewhere" : "https://issuer",
            audience: fault == "another audience" ? "elsewhere" : "reflex",
            expiresIn: fault == "expired" ? -Hour : Hour);

        using var answer = await server.AskAsync("GET", "/streams/orders", token);

        var problem = await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("send a JWT as 'Authorization: Bearer'", problem.Detail(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs.GetSnapshot(), log => log.Message.Contains(token, StringComparison.Ordinal));
        server.RequireShortLines();
    }

    [Fact]
    public async Task Ask_WithABadTokenForALongPath_LogsAShortLine()
    {
        await using var server = await StartAsync(UseSecret, "subject:alice", "orders");

        using var answer = await server.AskAsync("GET", $"/streams/{new string('x', 7000)}", "no.to.ken");

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        server.RequireShortLines();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_WithATokenOfAPublicKeyInAFile_IsAllowed(bool isRsa)
    {
        var stream = await cluster.NewStreamAsync();
        var pem = isRsa ? _rsa.ExportSubjectPublicKeyInfoPem() : _ec.ExportSubjectPublicKeyInfoPem();
        await File.WriteAllTextAsync(_file, pem, TestContext.Current.CancellationToken);
        await using var server = await StartAsync(UseFile, "subject:alice", stream);

        using var good = await server.AskAsync("GET", $"/streams/{stream}", isRsa ? RsaToken() : EcToken());
        using var bad = await server.AskAsync("GET", $"/streams/{stream}", isRsa ? EcToken() : RsaToken());

        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        await bad.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Ask_WithAKeyWhereTokensAreTakenToo_IsAllowed()
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await Callers.StartAsync(cluster.Client, access =>
        {
            access.WithKey("a", Callers.Key).WithPolicy("key:a", stream, "stream").WithPolicy("subject:alice", stream, "stream");
            UseSecret(access.Jwt = NewJwt());
        });

        using var byKey = await server.AskAsync("GET", $"/streams/{stream}", Callers.Key);
        using var byToken = await server.AskAsync("GET", $"/streams/{stream}", Token(new SymmetricSecurityKey(Secret)));

        Assert.Equal(HttpStatusCode.OK, byKey.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byToken.StatusCode);
    }

    private static void UseSecret(ReflexJwtOptions jwt) => jwt.SigningKey = Convert.ToBase64String(Secret);

    private static ReflexJwtOptions NewJwt() => new() { Audience = "reflex", Issuer = "https://issuer" };

    private void UseFile(ReflexJwtOptions jwt) => jwt.SigningKeyFile = _file;

    private string RsaToken() => Token(new RsaSecurityKey(_rsa), SecurityAlgorithms.RsaSha256);

    private string EcToken() => Token(new ECDsaSecurityKey(_ec), SecurityAlgorithms.EcdsaSha256);

    private Task<HttpServer> StartAsync(Action<ReflexJwtOptions> setKey, string who, string stream) => Callers.StartAsync(
        cluster.Client,
        access =>
        {
            setKey(access.Jwt = NewJwt());
            access.WithPolicy(who, stream, "stream");
        });

    private static string Token(
        SecurityKey? key,
        string algorithm = SecurityAlgorithms.HmacSha256,
        string issuer = "https://issuer",
        string audience = "reflex",
        TimeSpan? expiresIn = null,
        Dictionary<string, object>? claims = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = now - (2 * Hour),
            Expires = now + (expiresIn ?? Hour),
            SigningCredentials = key is null ? null : new SigningCredentials(key, algorithm),
            Claims = claims ?? new()
            {
                ["sub"] = "alice", ["roles"] = new[] { "operator", "auditor" }, ["scope"] = "reflex.read reflex.write",
            },
        });
    }
}
