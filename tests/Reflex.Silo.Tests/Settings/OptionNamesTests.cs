extern alias silo;

using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Settings;

public sealed class OptionNamesTests
{
    [Theory]
    [InlineData("ReflexHttpOptions.MaxBodyBytes is 0; it must be greater.", "Reflex:Http:MaxBodyBytes is 0; it must be greater.")]
    [InlineData("ClusterTlsOptions.CertificateFile is empty: expected", "Reflex:ClusterTls:CertificateFile is empty: expected")]
    [InlineData("ReflexAccessOptions.Jwt.Audience is empty.", "Reflex:Access:Jwt:Audience is empty.")]
    [InlineData("StreamQuotaOptions.Streams[orders.paid] is -1; it must", "Reflex:Quotas:Streams:orders.paid is -1; it must")]
    [InlineData("ReflexAccessOptions.Policies[a].Who[0].", "Reflex:Access:Policies:a:Who:0.")]
    [InlineData("ReflexOptions.MaxStreams is 0 and KestrelOptions.Limits", "ReflexOptions.MaxStreams is 0 and KestrelOptions.Limits")]
    public void ToSettings_NamesOfOptions_AreThoseOfTheSettings(string text, string expected) =>
        Assert.Equal(expected, OptionNames.ToSettings(text));
}
