using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

public sealed class ReflexAccessOptionsTests(Cluster cluster)
{
    private const string Hash = "6F1D0C5E6F1D0C5E6F1D0C5E6F1D0C5E6F1D0C5E6F1D0C5E6F1D0C5E6F1D0C5E";

    [Fact]
    public async Task Start_FaultyKeysAndPolicies_NamesEveryFault()
    {
        var failures = await FailuresAsync(access =>
        {
            access.AllowAnonymous = true;
            access.ApiKeys[" "] = [Hash];
            access.ApiKeys["none"] = [];
            access.ApiKeys["plain"] = ["my-secret-key"];
            access.ApiKeys["empty"] = [Callers.Hash("")];
            access.ApiKeys["twin"] = [Hash.ToLowerInvariant()];
            access.Policies["empty"] = new();
            access.Policies["bad"] = new()
            {
                Who = { "key:nobody", "alice", "subject:alice", "certificate:CN=a", "certificate:nonsense" },
                Streams = { "Orders", "*-orders" },
                May = { "read" },
            };
            access.Policies["narrow"] = new() { Who = { "*" }, Streams = { "orders" }, May = { "observe" } };
        });

        Assert.Equal(
            [
                "AllowAnonymous is true beside API keys, JWTs or client certificates; choose one of the two.",
                "ApiKeys:  has a bad name; it must have 1 to 100 characters.",
                "ApiKeys:none has no hash; it must be a list of the SHA-256 hash of the key, or of several keys.",
                "ApiKeys:plain has something else than a SHA-256 hash; it must have 64 hexadecimal digits.",
                "ApiKeys:empty has the hash of nothing; hash the key itself.",
                "ApiKeys:twin has a hash that ' ' has too; give every caller a key of its own.",
                "Policies:empty:Who is empty; it must name at least one.",
                "Policies:empty:Streams is empty; it must name at least one.",
                "Policies:empty:May is empty; it must name at least one.",
                "Policies:bad:Who has 'key:nobody', but ApiKeys has no key of this name.",
                "Policies:bad:Who has 'alice'; it must be key:NAME, subject:…, role:…, scope:…, certificate:CN=… or *.",
                "Policies:bad:Who has 'subject:alice', but Jwt isn't set.",
                "Policies:bad:Who has 'certificate:CN=a', but Certificates isn't set.",
                "Policies:bad:Who has 'certificate:nonsense'; it must be key:NAME, subject:…, role:…, scope:…, certificate:CN=… or *.",
                "Policies:bad:Streams has 'Orders'; it must be a stream's name, a beginning of one with * after it, or * alone.",
                "Policies:bad:Streams has '*-orders'; it must be a stream's name, a beginning of one with * after it, or * alone.",
                "Policies:bad:May has 'read'; it must be one of append, stream, consume, administer, observe.",
                "Policies:narrow:Streams is not *, but observe in May is of the metrics, which tell of all streams.",
            ],
            failures);
    }

    [Fact]
    public async Task Start_FaultyTokensAndCertificates_NamesEveryFault()
    {
        var failures = await FailuresAsync(access =>
        {
            access.Jwt = new()
            {
                Authority = "http://issuer.example",
                SigningKey = "c2hvcnQ=",
                SigningKeyFile = "no-such.pem",
                RoleClaim = "",
                ScopeClaim = " ",
            };
            access.Certificates = new() { Authorities = { "no-such.pem" } };
        });

        Assert.Equal(
            [
                "Policies is empty, so that nobody might do anything; add what is allowed.",
                "Jwt:Audience is empty; it must be set.",
                "Jwt:RoleClaim is empty; it must be set.",
                "Jwt:ScopeClaim is empty; it must be set.",
                "Jwt must have exactly one of Authority, SigningKey and SigningKeyFile.",
                "Jwt:Authority is 'http://issuer.example'; it must be an https URL, or an http one on loopback.",
                "Jwt:SigningKey isn't a key; it must be Base64 of at least 32 bytes.",
                "Jwt:SigningKeyFile is 'no-such.pem', which can't be read; it must be a PEM file with an RSA or EC public key.",
                "Certificates:Authorities has 'no-such.pem', which can't be read; it must be a PEM file with certificates.",
            ],
            failures);
    }

    [Fact]
    public async Task Start_IncompleteTokensAndCertificates_NamesWhatIsMissing()
    {
        var failures = await FailuresAsync(access =>
        {
            access.Jwt = new() { Audience = "reflex" };
            access.Certificates = new();
            access.WithPolicy("*", "*", "stream");
        });

        Assert.Equal(
            [
                "Jwt must have exactly one of Authority, SigningKey and SigningKeyFile.",
                "Jwt:Issuer is empty; it must be set.",
                "Certificates:Authorities is empty; it must name a file with an authority's certificate.",
            ],
            failures);
    }

    [Fact]
    public async Task Start_PolicyForEverybodyWithoutCredentials_IsRefused() => Assert.Equal(
        ["Policies:policy-0:Who has '*', but there are no ApiKeys, Jwt or Certificates."],
        await FailuresAsync(access => access.WithPolicy("*", "*", "stream")));

    private async Task<IEnumerable<string>> FailuresAsync(Action<ReflexAccessOptions> configure)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => Callers.StartAsync(cluster.Client, configure));
        return error.Failures.Select(failure => failure.Replace("ReflexAccessOptions.", "", StringComparison.Ordinal));
    }
}
