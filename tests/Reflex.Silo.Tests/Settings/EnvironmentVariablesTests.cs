extern alias silo;

using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Settings;

public sealed class EnvironmentVariablesTests
{
    [Theory]
    [InlineData("Reflex_DataPath", "Reflex__DataPath")]
    [InlineData("REFLEX_DATAPATH", "Reflex__DataPath")]
    [InlineData("reflex.datapath", "Reflex__DataPath")]
    [InlineData("ReflexDataPath", "Reflex__DataPath")]
    [InlineData("Reflex_Http_MaxBodyBytes", "Reflex__Http__MaxBodyBytes")]
    [InlineData("REFLEX_SERVERS", "REFLEX_SERVER")]
    [InlineData("REFLEX_APIKEY", "REFLEX_API_KEY")]
    public void Require_NearlyASetting_NamesTheNearest(string name, string nearest) => Assert.Equal(
        $"The environment variable {name} is unknown; the nearest known one is {nearest}.",
        Assert.Throws<FormatException>(() => EnvironmentVariables.Require([new(name, "a-secret")])).Message);

    [Theory]
    [InlineData("REFLEX_PORT", "9000")]
    [InlineData("REFLEX_SERVICE", "x")]
    [InlineData("REFLEX", "x")]
    [InlineData("REFLEXION_HOME", "x")]
    public void Require_AnythingElseOfThatBeginning_IsRefused(string name, string value) =>
        Assert.Throws<FormatException>(() => EnvironmentVariables.Require([new(name, value)]));

    [Theory]
    [InlineData("Reflex__DataPath", "x")]
    [InlineData("REFLEX__ANYTHING", "x")]
    [InlineData("Reflex:DataPath", "x")]
    [InlineData("REFLEX_SERVER", "x")]
    [InlineData("REFLEX_API_KEY", "x")]
    [InlineData("PATH", "x")]
    [InlineData("MY_REFLEX_DATAPATH", "x")]
    [InlineData("REFLEX_SERVICE_HOST", "10.0.0.1")]
    [InlineData("REFLEX_SERVICE_PORT", "80")]
    [InlineData("REFLEX_SILO_SERVICE_PORT_HTTP", "80")]
    [InlineData("REFLEX_PORT", "tcp://10.0.0.1:80")]
    [InlineData("REFLEX_SILO_PORT_80_TCP", "tcp://10.0.0.1:80")]
    [InlineData("REFLEX_PORT_80_TCP_ADDR", "10.0.0.1")]
    [InlineData("REFLEX_PORT_80_TCP_PROTO", "tcp")]
    public void Require_SettingsAndThoseOfOthers_ArePassedOver(string name, string value) =>
        EnvironmentVariables.Require([new(name, value)]);
}
