extern alias silo;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using silo::Reflex.Silo.Logging;

namespace Reflex.Silo.Tests.Logging;

public sealed class LineFormatterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly LoggerExternalScopeProvider _scopes = new();
    private readonly List<IDisposable> _made = [];

    public void Dispose() => _made.ForEach(made => made.Dispose());

    [Theory]
    [InlineData(LogLevel.Trace, "trce")]
    [InlineData(LogLevel.Debug, "dbug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "fail")]
    [InlineData(LogLevel.Critical, "crit")]
    public void Write_AnEvent_LooksAsTheFrameworksOwnSingleLine(LogLevel level, string name) => Assert.Equal(
        $"2026-01-02T03:04:05.678Z {name}: Some.Category[7] Saw event 1.\n", Write(level: level, message: "Saw event 1."));

    [Fact]
    public void Write_WhatOthersWrote_StaysInItsLine()
    {
        var line = Write(category: "Some\r\nCategory", message: "'a\u001b[2J\r\nforged'", exception: Throw("b\u202e\nforged"));

        Assert.StartsWith(
            "2026-01-02T03:04:05.678Z info: Some\\u000d\\u000aCategory[7] 'a\\u001b[2J\\u000d\\u000aforged' "
            + "System.InvalidOperationException: b\\u202e forged at Reflex.Silo.Tests.Logging.",
            line,
            StringComparison.Ordinal);
        Assert.DoesNotContain(line[..^1], char.IsControl);
    }

    [Fact]
    public void Write_AnErrorOfTheGrpcLibrary_HasItsCausesAndNoStack() => Assert.EndsWith(
        "Grpc.AspNetCore.Server[7] Failed. System.IO.IOException: gone\\u001b[2J ---> System.InvalidOperationException: reset by peer\n",
        Write(category: "Grpc.AspNetCore.Server", message: "Failed.", exception: new IOException("gone\u001b[2J", Throw("reset\nby peer"))),
        StringComparison.Ordinal);

    [Fact]
    public void Write_LongMessageAndException_TellsHowMuchOfEachWasCut()
    {
        var line = Write(message: new string('m', 100_000), exception: Throw(new string('e', 100_000)));

        Assert.Contains("m… (91808 more characters) System.InvalidOperationException: eee", line, StringComparison.Ordinal);
        Assert.Matches(@"e… \(\d+ more characters\)\n$", line);
        Assert.InRange(line.Length, 2 * VisibleText.MaxLength, (2 * VisibleText.MaxLength) + 300);
    }

    [Fact]
    public void Write_WithScopes_HasThemInTheLine()
    {
        using var outer = _scopes.Push("request\n1");
        using var inner = _scopes.Push("caller");

        Assert.EndsWith(
            "Some.Category[7] => request\\u000a1 => caller Hello.\n",
            Write(message: "Hello.", configure: options => options.IncludeScopes = true),
            StringComparison.Ordinal);
        Assert.EndsWith("Some.Category[7] Hello.\n", Write(message: "Hello."), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HH:mm ", "03:04 info: ")]
    [InlineData("%", "2026-01-02T03:04:05.678Z info: ")]
    public void Write_WithATimestampFormat_UsesItIfItIsOne(string format, string expected)
    {
        var line = Write(message: "Hello.", configure: options => (options.TimestampFormat, options.UseUtcTimestamp) = (format, true));

        Assert.StartsWith(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithColours_ColoursTheLevelAlone() => Assert.Equal(
        "2026-01-02T03:04:05.678Z \u001b[40m\u001b[32minfo\u001b[39m\u001b[22m\u001b[49m: Some.Category[7] a\\u001b[31m\n",
        Write(message: "a\u001b[31m", configure: options => options.ColorBehavior = LoggerColorBehavior.Enabled));

    [Fact]
    public void Write_NothingToSay_WritesNothing() => Assert.Equal("", Write(message: null));

    [Theory]
    [InlineData(null, "line")]
    [InlineData("simple", "line")]
    [InlineData("line", "line")]
    [InlineData("JSON", "json")]
    [InlineData("systemd", "systemd")]
    public void AddLines_ChoosesTheLineUnlessItIsForMachines(string? configured, string expected)
    {
        using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddConsole().AddLines(Configured(configured)))
            .BuildServiceProvider();

        Assert.Equal(expected, services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.Single(services.GetServices<ConsoleFormatter>(), formatter => formatter.Name == "line");
    }

    [Fact]
    public void AddLines_InAFormThatThereIsNot_IsRefusedNamingThoseThatThereAre()
    {
        var services = new ServiceCollection();
        var error = Assert.Throws<FormatException>(() => services.AddLogging(logging => logging.AddLines(Configured("jsno"))));

        Assert.Equal("The setting Logging:Console:FormatterName is 'jsno': expected line, json or systemd.", error.Message);
    }

    private static IConfigurationRoot Configured(string? form) => new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create("Logging:Console:FormatterName", form)])
        .Build();

    private static InvalidOperationException Throw(string message)
    {
        try
        {
            throw new InvalidOperationException(message);
        }
        catch (InvalidOperationException error)
        {
            return error;
        }
    }

    private string Write(
        LogLevel level = LogLevel.Information,
        string category = "Some.Category",
        string? message = "",
        Exception? exception = null,
        Action<SimpleConsoleFormatterOptions>? configure = null)
    {
        var options = new ServiceCollection().Configure<SimpleConsoleFormatterOptions>(one =>
        {
            one.ColorBehavior = LoggerColorBehavior.Disabled;
            configure?.Invoke(one);
        }).BuildServiceProvider();
        var formatter = new LineFormatter(options.GetRequiredService<IOptionsMonitor<SimpleConsoleFormatterOptions>>(), _time);
        _made.AddRange([options, formatter]);
        using var writer = new StringWriter { NewLine = "\n" };
        formatter.Write(new LogEntry<string?>(level, category, 7, message, exception, (state, _) => state!), _scopes, writer);
        return writer.ToString();
    }
}
