using System.Security.Claims;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Tests.Access;

public sealed class AccessPolicyTests
{
    private static readonly ClaimsPrincipal Shop = new(Caller.Identify("key:shop"));

    [Theory]
    [InlineData("orders", "orders", true)]
    [InlineData("orders", "orders-eu", false)]
    [InlineData("orders-*", "orders-eu", true)]
    [InlineData("orders-*", "orders", false)]
    [InlineData("orders-*", "other-orders-eu", false)]
    [InlineData("*", "anything", true)]
    public void IsAllowed_ByNameOrBeginning_MatchesThese(string pattern, string stream, bool expected) =>
        Assert.Equal(expected, Policy("key:shop", pattern, "append").IsAllowed(Shop, stream, StreamOperations.Append));

    [Theory]
    [InlineData("append", "append", true)]
    [InlineData("append", "stream,append", true)]
    [InlineData("administer", "append,stream,consume", false)]
    [InlineData("append", "stream,consume,administer", false)]
    [InlineData("administer", "observe", false)]
    public void IsAllowed_OneOfSeveralOperations_IsEnoughAndNoneIncludesAnother(string may, string asked, bool expected) =>
        Assert.Equal(
            expected, Policy("key:shop", "*", may).IsAllowed(Shop, "orders", Enum.Parse<StreamOperations>(asked, ignoreCase: true)));

    [Fact]
    public void IsAllowed_SeveralPoliciesAndIdentities_AddUp()
    {
        var policy = new AccessPolicy(Options.Create(new ReflexAccessOptions { Certificates = new() }
            .WithKey("shop", Callers.Key)
            .WithPolicy("key:shop", "orders", "append")
            .WithPolicy("certificate:CN=shop,O=Acme", "orders", "stream")));
        var both = new ClaimsPrincipal([Caller.Identify("key:shop"), Caller.Identify("certificate:CN=shop, O=Acme")]);

        Assert.True(policy.IsAllowed(both, "orders", StreamOperations.Append));
        Assert.True(policy.IsAllowed(both, "orders", StreamOperations.Stream));
        Assert.False(policy.IsAllowed(Shop, "orders", StreamOperations.Stream));
    }

    [Fact]
    public void IsAllowed_NobodyWhereEverybodyMay_IsRefused()
    {
        var policy = Policy("*", "*", "append");

        Assert.True(policy.IsAllowed(new ClaimsPrincipal(Caller.Identify("key:shop")), "orders", StreamOperations.Append));
        Assert.False(policy.IsAllowed(Caller.Anonymous, "orders", StreamOperations.Append));
        Assert.False(policy.IsAllowed(new ClaimsPrincipal(), "orders", StreamOperations.Append));
    }

    [Fact]
    public void IsAllowed_ByAClaimOfAnotherType_IsRefused()
    {
        var forged = new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "key:shop")], "another"));

        Assert.False(Policy("key:shop", "*", "append").IsAllowed(forged, "orders", StreamOperations.Append));
    }

    [Fact]
    public void IsAllowed_WhileAccessIsOff_IsAlways() => Assert.True(
        new AccessPolicy(Options.Create(new ReflexAccessOptions())).IsAllowed(Caller.Anonymous, "orders", StreamOperations.Administer));

    private static AccessPolicy Policy(string who, string stream, string may) =>
        new(Options.Create(new ReflexAccessOptions().WithKey("shop", Callers.Key).WithPolicy(who, stream, may)));
}
