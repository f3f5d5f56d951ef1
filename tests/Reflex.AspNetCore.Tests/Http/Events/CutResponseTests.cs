using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Http.Events;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.AspNetCore.Tests.Http.Events;

/// <summary>A response that is cut while it isn't writing.</summary>
public sealed class CutResponseTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ended normally, half a stream would be taken for a whole one.</summary>
    [Fact]
    public async Task Send_LinesThatAreCutBetweenTwoWrites_EndWithAnError()
    {
        await using var app = await StartAsync();
        using var client = new HttpClient();
        using var answer = await client.GetAsync(app.Urls.Single(), HttpCompletionOption.ResponseHeadersRead, Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        Assert.Contains("\"id\":\"1\"", await lines.ReadLineAsync(Token), StringComparison.Ordinal);

        await _stopping.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        _goesOn.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(async () => await lines.ReadToEndAsync(Token));
    }

    private async Task<WebApplication> StartAsync()
    {
        var budget = new ReadingBudget(
            Options.Create(new ReflexServerOptions { TimeProvider = _time }), NullLogger<ReadingBudget>.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/", async (HttpContext context) =>
        {
            using TextEventWriter writer = new EventLines();
            await using var response = new EventResponse(
                context, writer, new ReflexHttpOptions { TimeProvider = _time }, budget, _stopping.Token, NullLogger.Instance);
            var reading = new StreamReading(ReadAsync, new StreamStart(Cursor.Empty, Partitions: 1, HasEvents: true));
            await response.SendAsync(reading, awaitFirst: true, announced: null);
        });
        await app.StartAsync(Token);
        return app;
    }

    /// <summary>Doesn't hear that it is cancelled, as a page that is on its way.</summary>
    private async IAsyncEnumerable<Event> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Event.Create(new EventId(1), new NewEvent(1, "a"));
        await _goesOn.Task;
        yield return Event.Create(new EventId(2), new NewEvent(1, "b"));
        throw new HeadReachedException("orders");
    }
}
