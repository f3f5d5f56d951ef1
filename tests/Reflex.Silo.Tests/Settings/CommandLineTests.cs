extern alias silo;

using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Settings;

public sealed class CommandLineTests
{
    private const string Secret = "correct-horse";

    [Theory]
    [InlineData("--bogus", "The argument --bogus is unknown; the nearest known one is --")]
    [InlineData("--bogus=1", "The argument --bogus is unknown; the nearest known one is --")]
    [InlineData("--Relfex:DataPath=x", "The argument --Relfex:DataPath is unknown; the nearest known one is --Reflex:DataPath.")]
    [InlineData("--relfex:datapath=x", "The argument --relfex:datapath is unknown; the nearest known one is --Reflex:DataPath.")]
    [InlineData("--Kestrle:Endpoints=x", "The argument --Kestrle:Endpoints is unknown; the nearest known one is --Kestrel.")]
    [InlineData("--Orleens:SiloPort=1", "The argument --Orleens:SiloPort is unknown; the nearest known one is --Orleans.")]
    [InlineData("--DataPath=x", "The argument --DataPath is unknown; the nearest known one is --Reflex:DataPath.")]
    [InlineData("--url=http://localhost:1", "The argument --url is unknown; the nearest known one is --urls.")]
    [InlineData("/bogus=1", "The argument /bogus is unknown; ")]
    [InlineData("--Reflex:DataPath", "The argument --Reflex:DataPath has no value: expected --Reflex:DataPath=VALUE.")]
    [InlineData("--=x", "The argument -- is unknown; ")]
    [InlineData("word", "The argument word means nothing: settings look like --Reflex:DataPath=data, commands come first and are verify.")]
    [InlineData("-x", "The argument -x means nothing: ")]
    [InlineData("-x=1", "The argument -x means nothing: ")]
    [InlineData("Reflex:DataPath=x", "The argument Reflex:DataPath means nothing: ")]
    [InlineData("-", "The argument - means nothing: ")]
    public void Require_AnArgumentThatMeansNothing_NamesIt(string argument, string expected) =>
        Assert.StartsWith(expected, Refused(argument), StringComparison.Ordinal);

    [Fact]
    public void Require_AnotherSettingInThePlaceOfAValue_SaysThatThereIsNone() => Assert.Equal(
        "The argument --Reflex:DataPath has no value: expected --Reflex:DataPath=VALUE.",
        Refused("--Reflex:DataPath", "--Reflex:Http:MaxBodyBytes=5"));

    [Fact]
    public void Require_WhatIsShortForASettingWithoutAValue_IsCalledAsItWasWritten() => Assert.Equal(
        "The argument --log has no value: expected --log json, or another form of lines.", Refused([.. CommandLine.WriteOut(["--log"])]));

    [Fact]
    public void Require_Several_NamesEach() => Assert.Equal(
        3, Refused("--bogus=1", "word", "--Reflex:DataPath=x", "-x").Split("The argument").Length - 1);

    [Theory]
    [InlineData("--Reflex:Access:Jwt:SigningKey", "a", Secret)]
    [InlineData("--Reflex:Access:ApiKeys:shop:0=a", Secret)]
    [InlineData("--Kestrel:Certificates:Default:Password=a", Secret)]
    public void Require_WordsAfterASecret_AreNotRepeated(params string[] arguments)
    {
        var message = Refused(arguments);
        Assert.DoesNotContain(Secret, message, StringComparison.Ordinal);
        Assert.StartsWith($"The argument {arguments.Length} means nothing", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--Reflex:DataPath=x")]
    [InlineData("--Reflex:DataPath", "x")]
    [InlineData("--Reflex:DataPath", "/var/lib/reflex")]
    [InlineData("--reflex:Unknown=1")]
    [InlineData("/Reflex:DataPath=x")]
    [InlineData("--urls=http://localhost:1", "--environment", "Production", "--contentRoot=/tmp")]
    [InlineData("--KESTREL:anything=x", "--Orleans:anything=x", "--Logging:LogLevel:Default=Debug", "--AllowedHosts=*")]
    public void Require_KnownSections_ArePassedOn(params string[] arguments) => CommandLine.Require(arguments, "verify");

    private static string Refused(params string[] arguments) =>
        Assert.Throws<FormatException>(() => CommandLine.Require(arguments, "verify")).Message;
}
