using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Reflex.AspNetCore.Tests.Access;

/// <summary>An OpenID Connect authority that publishes its key as real ones do.</summary>
internal sealed class FakeAuthority : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);

    private FakeAuthority(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>Whether it answers with errors.</summary>
    public bool Fails { get; set; }

    public static async Task<FakeAuthority> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var authority = new FakeAuthority(builder.Build());
        authority._app.MapGet("/.well-known/openid-configuration", () => authority.Fails
            ? Results.StatusCode(StatusCodes.Status500InternalServerError)
            : Results.Text($$"""{"issuer":"{{authority.Url}}","jwks_uri":"{{authority.Url}}/keys"}""", "application/json"));
        authority._app.MapGet("/keys", () => Results.Text($$"""{"keys":[{{authority.PublicKey()}}]}""", "application/json"));
        await authority._app.StartAsync(TestContext.Current.CancellationToken);
        return authority;
    }

    public string Issue(string subject) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Url,
        Audience = "reflex",
        SigningCredentials = new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "first" }, SecurityAlgorithms.RsaSha256),
        Claims = new Dictionary<string, object> { ["sub"] = subject },
    });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private string PublicKey()
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        var (modulus, exponent) = (Base64UrlEncoder.Encode(key.Modulus), Base64UrlEncoder.Encode(key.Exponent));
        return $$"""{"kty":"RSA","kid":"first","use":"sig","n":"{{modulus}}","e":"{{exponent}}"}""";
    }
}
