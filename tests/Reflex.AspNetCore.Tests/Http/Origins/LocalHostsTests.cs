using System.Net;
using Reflex.AspNetCore.Http.Origins;

namespace Reflex.AspNetCore.Tests.Http.Origins;

public sealed class LocalHostsTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("localhost.")]
    [InlineData("reflex.localhost")]
    [InlineData("reflex.localhost.")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.255.255.254")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:127.1.2.3]")]
    public void IsLocal_NameOfThisMachineAlone_IsTrue(string host) => Assert.True(LocalHosts.IsLocal(host));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("evillocalhost")]
    [InlineData("localhost..")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("xn--lcalhost-hkb")]
    [InlineData("lоcalhost")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("192.168.1.7")]
    [InlineData("[::ffff:192.168.1.7]")]
    [InlineData("[fe80::1]")]
    [InlineData("[::1%lo]")]
    [InlineData("localhost:8080:evil")]
    public void IsLocal_NameOfAnybody_IsFalse(string host) => Assert.False(LocalHosts.IsLocal(host));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.2", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("10.0.0.1", false)]
    public void IsLoopback_Address_TellsWhetherItIs(string address, bool expected) =>
        Assert.Equal(expected, LocalHosts.IsLoopback(IPAddress.Parse(address)));
}
