using Reflex.AspNetCore.Http.Origins;


namespace Reflex.AspNetCore.Tests.Http.Origins;

public sealed class OriginTextTests
{
    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com:443", "https://app.example.com")]
    [InlineData("HTTP://App.Example.Com:80", "http://app.example.com")]
    [InlineData("http://localhost:3000", "http://localhost:3000")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("moz-extension://b2f6b0ae", "moz-extension://b2f6b0ae")]
    public void TryParse_Origin_AnswersItInOneForm(string text, string expected)
    {
        Assert.True(OriginText.TryParse(text, out var origin));
        Assert.Equal(expected, origin);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/app")]
    [InlineData("https://app.example.com?x")]
    [InlineData("https://app.example.com#x")]
    [InlineData("https://user@app.example.com")]
    [InlineData("https://app.example.com,https://evil.example")]
    [InlineData("https://app.example.com https://evil.example")]
    [InlineData("file:///etc/passwd")]
    public void TryParse_SomethingElse_IsNone(string? text) => Assert.False(OriginText.TryParse(text, out _));
}
