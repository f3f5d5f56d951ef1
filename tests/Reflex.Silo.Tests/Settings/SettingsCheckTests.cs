extern alias silo;

using Microsoft.Extensions.Configuration;
using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Settings;

public sealed class SettingsCheckTests
{
    private const string Secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA==";

    [Theory]
    [InlineData("Reflex:Acess:ApiKeys:shop:0", "Reflex:Acess", "Reflex:Access")]
    [InlineData("Reflex:DataPaht", "Reflex:DataPaht", "Reflex:DataPath")]
    [InlineData("REFLEX:DATAPAHT", "Reflex:DATAPAHT", "Reflex:DataPath")]
    [InlineData("Reflex:MaxBodyBytes", "Reflex:MaxBodyBytes", "Reflex:Http:MaxBodyBytes")]
    [InlineData("Reflex:Http:MaxBodyByte", "Reflex:Http:MaxBodyByte", "Reflex:Http:MaxBodyBytes")]
    [InlineData("Reflex:Http:AllowedOrigin:0", "Reflex:Http:AllowedOrigin", "Reflex:Http:AllowedOrigins")]
    [InlineData("Reflex:Grpc:SendHopsOnly", "Reflex:Grpc:SendHopsOnly", "Reflex:Grpc:SendHopOnly")]
    [InlineData("Reflex:Streams:orders:Partition", "Reflex:Streams:orders:Partition", "Reflex:Streams:orders:Partitions")]
    [InlineData("Reflex:Streams:o:Retention:MaxAgee", "Reflex:Streams:o:Retention:MaxAgee", "Reflex:Streams:o:Retention:MaxAge")]
    [InlineData("Reflex:Access:AllowAnonymus", "Reflex:Access:AllowAnonymus", "Reflex:Access:AllowAnonymous")]
    [InlineData("Reflex:Access:Jwt:Audiense", "Reflex:Access:Jwt:Audiense", "Reflex:Access:Jwt:Audience")]
    [InlineData("Reflex:Access:Certificates:Authority:0", "Reflex:Access:Certificates:Authority", "Reflex:Access:Certificates:Authorities")]
    [InlineData("Reflex:Access:Policies:p:Streem:0", "Reflex:Access:Policies:p:Streem", "Reflex:Access:Policies:p:Streams")]
    [InlineData("Orleans:ClusterMembership:ProbTimeout", "Orleans:ClusterMembership:ProbTimeout", "Orleans:ClusterMembership:ProbeTimeout")]
    [InlineData("Orleans:Endpoints:SiloProt", "Orleans:Endpoints:SiloProt", "Orleans:Endpoints:SiloPort")]
    public void FindFaults_UnknownSetting_NamesItAndTheNearest(string key, string unknown, string nearest) =>
        Assert.Equal($"The setting {unknown} is unknown; the nearest known one is {nearest}.", Fault((key, "x")));

    [Theory]
    [InlineData("Reflex:Http:TimeProvider")]
    [InlineData("Reflex:Grpc:TimeProvider")]
    [InlineData("Reflex:Access:IsOn")]
    [InlineData("Reflex:Access:MaxKeyNameLength")]
    public void FindFaults_WhatIsNoSettingOfTheOptions_IsUnknown(string key) =>
        Assert.StartsWith($"The setting {key} is unknown; ", Fault((key, "1")), StringComparison.Ordinal);

    [Theory]
    [InlineData("Reflex:Http:MaxBodyBytes", "abc", "expected a whole number of at most 9223372036854775807.")]
    [InlineData("Reflex:Http:MaxBodyBytes", "1.5", "expected a whole number")]
    [InlineData("Reflex:Http:MaxBodyBytes", "0x10", "expected a whole number")]
    [InlineData("Reflex:Http:MaxBodyBytes", "64MiB", "expected a whole number")]
    [InlineData("Reflex:Http:MaxBodyBytes", "9223372036854775808", "expected a whole number")]
    [InlineData("Reflex:Http:MaxEventJsonBytes", "3000000000", "expected a whole number of at most 2147483647.")]
    [InlineData("Reflex:Http:KeepAliveInterval", "15", "expected a time such as 7.00:00:00 or 01:30:00.")]
    [InlineData("Reflex:Http:KeepAliveInterval", "15s", "expected a time")]
    [InlineData("Orleans:ClusterMembership:ProbeTimeout", "5s", "expected a time")]
    [InlineData("Reflex:Grpc:SendHopOnly", "yes", "expected true or false.")]
    [InlineData("Reflex:Access:AllowAnonymous", "1", "expected true or false.")]
    [InlineData("Reflex:Access:AllowOrleansFromOtherMachines", "on", "expected true or false.")]
    [InlineData("Reflex:Access:Certificates:CheckRevocation", "TRUE!", "expected true or false.")]
    [InlineData("Reflex:Streams:orders:Partitions", "none", "expected a whole number")]
    [InlineData("Reflex:Streams:orders:Retention:MaxAge", "7", "expected a time")]
    [InlineData("Logging:LogLevel:Default", "Info", "expected one of Trace, Debug, Information, Warning, Error, Critical, None.")]
    [InlineData("Logging:Console:LogLevel:Default", "9", "expected one of Trace,")]
    public void FindFaults_ValueThatCannotBe_TellsWhatIsExpected(string key, string value, string expected) =>
        Assert.StartsWith($"The setting {key} is '{value}': {expected}", Fault((key, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Reflex:Access:ApiKeys", "Reflex:Access:ApiKeys")]
    [InlineData("Reflex:Access:ApiKeys:shop", "Reflex:Access:ApiKeys:shop")]
    [InlineData("Reflex:Access:Jwt", "Reflex:Access:Jwt")]
    [InlineData("Reflex:Access:Certificates", "Reflex:Access:Certificates")]
    public void FindFaults_CredentialsThatAreThereAndEmpty_AreAFault(string key, string named) =>
        Assert.Equal(
            $"The setting {named} is there and empty, which would leave the server open to everybody: fill it, or leave it out.",
            Fault((key, null)));

    [Fact]
    public void FindFaults_OneOfSeveralKeysThatIsEmpty_IsAFault() => Assert.StartsWith(
        "The setting Reflex:Access:ApiKeys:b is there and empty",
        Fault(("Reflex:Access:ApiKeys:a:0", new string('0', 64)), ("Reflex:Access:ApiKeys:b", null)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Access:ApiKeys:shop:0", "Access")]
    [InlineData("Http:MaxBodyBytes", "Http")]
    [InlineData("Server:MaxConnections", "Server")]
    public void FindFaults_SectionOfOursOutsideOfReflex_IsAFault(string key, string section) =>
        Assert.Equal($"The section {section} means nothing here: expected Reflex:{section}.", Fault((key, "1")));

    [Theory]
    [InlineData("Access")]
    [InlineData("SERVER")]
    public void FindFaults_ValueOfAnEnvironmentVariableWithSuchAName_IsNone(string key) =>
        Assert.Empty(SettingsCheck.FindFaults(Configuration((key, "1"))));

    [Theory]
    [InlineData("Owner,Umask")]
    [InlineData("0")]
    [InlineData(" Owner")]
    public void FindFaults_EnumerationThatIsNoName_IsAFault(string value) => Assert.StartsWith(
        $"The setting Reflex:DataAccess is '{value}': expected one of Owner, Umask",
        Fault(("Reflex:DataAccess", value)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Reflex:DataPath", "a text")]
    [InlineData("Reflex:Http:MaxBodyBytes", "a whole number")]
    [InlineData("Reflex:Access:Jwt:Audience", "a text")]
    public void FindFaults_EmptyValue_SaysSo(string key, string expected) =>
        Assert.StartsWith($"The setting {key} is empty: expected {expected}", Fault((key, "")), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "Reflex",
        "DataPath, DataAccess, Storage, Postgres, Streams, Quotas, Demo, Http, Grpc, Server, Access, ClusterTls, Kubernetes, Telemetry "
        + "below it")]
    [InlineData("Reflex:Access:Jwt", "Authority, Audience, Issuer, SigningKey, SigningKeyFile, RoleClaim, ScopeClaim below it")]
    [InlineData("Reflex:Access:Policies:p", "Who, Streams, May below it")]
    [InlineData("Reflex:Streams", "names of your choice below it, such as Reflex:Streams:NAME")]
    [InlineData("Reflex:Access:ApiKeys", "names of your choice below it, such as Reflex:Access:ApiKeys:NAME")]
    [InlineData("Reflex:Access:ApiKeys:a", "a list with the entries Reflex:Access:ApiKeys:a:0, Reflex:Access:ApiKeys:a:1 and so on")]
    [InlineData("Reflex:Http:AllowedHosts", "a list with the entries Reflex:Http:AllowedHosts:0, Reflex:Http:AllowedHosts:1 and so on")]
    public void FindFaults_ValueWherePartsAreExpected_SaysSoWithoutRepeatingIt(string key, string expected) =>
        Assert.Equal($"The setting {key} has a single value: expected {expected}.", Fault((key, Secret)));

    [Theory]
    [InlineData("Reflex:DataPath:0", "The setting Reflex:DataPath has settings below it: expected a text.")]
    [InlineData("Reflex:Http:MaxBodyBytes:Most", "The setting Reflex:Http:MaxBodyBytes has settings below it: expected a whole number of")]
    [InlineData("Reflex:Access:Jwt:SigningKey:0", "The setting Reflex:Access:Jwt:SigningKey has settings below it: expected a text.")]
    [InlineData("Reflex:Access:ApiKeys:shop:0:Hash", "The setting Reflex:Access:ApiKeys:shop:0 has settings below it: expected a text.")]
    [InlineData(
        "Reflex:Access:ApiKeys:shop:" + Secret,
        "The setting Reflex:Access:ApiKeys:shop has an entry without a number: expected a list with the entries Reflex:Access:")]
    public void FindFaults_PartsWhereAValueIsExpected_SaysSoWithoutRepeatingThem(string key, string expected)
    {
        var fault = Fault((key, Secret));
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Relfex:DataPath", "The section Relfex is unknown; the nearest known one is Reflex.")]
    [InlineData("Reflx:Access:ApiKeys:shop:0", "The section Reflx is unknown; the nearest known one is Reflex.")]
    [InlineData("Kestral:Endpoints:Http:Url", "The section Kestral is unknown; the nearest known one is Kestrel.")]
    [InlineData("Orlean:Clustering:ProviderType", "The section Orlean is unknown; the nearest known one is Orleans.")]
    public void FindFaults_SectionWithATypingError_NamesTheNearest(string key, string expected) =>
        Assert.Equal(expected, Fault((key, "x")));

    [Fact]
    public void FindFaults_Several_NamesEach()
    {
        var configuration = Configuration(("Reflex:DataPaht", "x"), ("Reflex:Http:MaxBodyBytes", "x"), ("Reflex:Grpc", "x"));
        Assert.Equal(3, SettingsCheck.FindFaults(configuration).Count);
    }

    [Fact]
    public void FindFaults_GoodSettingsAndThoseOfOthers_AreNone() => Assert.Empty(SettingsCheck.FindFaults(Configuration(
        ("reflex:datapath", "/var/lib/reflex"),
        ("Reflex:Streams:orders:Partitions", "4"),
        ("Reflex:Streams:orders:Retention:MaxAge", "7.00:00:00"),
        ("Reflex:Streams:carts:Retention", null),
        ("Reflex:Http:MaxBodyBytes", "-1"),
        ("Reflex:Http:KeepAliveInterval", "00:00:05.5"),
        ("Reflex:Http:AllowedOrigins:0", "https://app.example.com"),
        ("Reflex:Http:AllowedHosts", ""),
        ("Reflex:Grpc:SendHopOnly", "TRUE"),
        ("Reflex:Access:Jwt:SigningKey", Secret),
        ("Reflex:Access:ApiKeys:shop:0", Secret),
        ("Reflex:Access:Policies:the shop's own:Who:3", "key:shop"),
        ("Logging:LogLevel:Default", "debug"),
        ("Logging:LogLevel:Nothing", ""),
        ("Kestrel:Anything", "x"),
        ("Orleans:Anything", "x"),
        ("FLEX", "x"),
        ("Reflexes", "x"),
        ("Blogging:Url", "x"))));

    [Theory]
    [InlineData("""{"Reflex":{"Streams":{},"Http":{"AllowedOrigins":[]},"Access":{}}}""", 0)]
    [InlineData("""{"Reflex":{"Access":{"ApiKeys":{}}}}""", 1)]
    [InlineData("""{"Reflex":{"Access":{"ApiKeys":{"shop":[]}}}}""", 1)]
    [InlineData("""{"Reflex":{"Access":{"Jwt":{}}}}""", 1)]
    [InlineData("""{"Reflex":{"Http":{"AllowedOrigins":[""]}}}""", 1)]
    [InlineData("""{"Reflex":{"Http":{"AllowedOrigins":[null]}}}""", 1)]
    [InlineData("""{"Reflex":{"Http":[]}}""", 1)]
    [InlineData("""{"Reflex":[1,2]}""", 2)]
    public void FindFaults_OfJson_TakesEmptyListsAndNothingElseForNone(string json, int expected)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(expected, SettingsCheck.FindFaults(new ConfigurationBuilder().AddJsonStream(stream).Build()).Count);
    }

    private static string Fault(params (string Key, string? Value)[] settings) =>
        Assert.Single(SettingsCheck.FindFaults(Configuration(settings)));

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
        .Build();
}
