using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>A collector that keeps what it gets by OTLP over HTTP.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<(string Path, byte[] Body)> _received = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Collector()
    {
        // Any other builder would read the silo's own settings, which lie here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    public string Url => _app.Urls.Single();

    /// <summary>Where something came to, in order and each once.</summary>
    public IReadOnlyList<string> Paths => [.. Received.Select(one => one.Path).Distinct().Order()];

    public IReadOnlyList<Span> Spans => [.. Received.Where(one => one.Path == "/v1/traces").SelectMany(one => Span.Read(one.Body))];

    private IReadOnlyList<(string Path, byte[] Body)> Received
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>Waits for a span of a trace.</summary>
    public Task<Span> SpanAsync(string trace, string name) =>
        FindAsync(() => Spans.FirstOrDefault(span => span.Trace == trace && span.Name == name));

    /// <summary>Waits for something that has a text in it.</summary>
    public Task ReceivesAsync(string path, string text) => FindAsync(
        () => Received.Where(one => one.Path == path && Encoding.Latin1.GetString(one.Body).Contains(text, StringComparison.Ordinal))
            .Select(one => one.Path)
            .FirstOrDefault());

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<T> FindAsync<T>(Func<T?> find)
        where T : class
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                more = _more.Task;
            }

            if (find() is { } found)
            {
                return found;
            }

            await more.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        lock (_lock)
        {
            _received.Add((context.Request.Path, body.ToArray()));
            _more.SetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
