using Reflex.Crash.Silo;

// A silo that is made to be killed: its consumer notes what it handles in a file, which outlives it.
// Arguments: data folder, URL, file of handled events, silo port, gateway port.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls(args[1]);
builder.Services.AddReflexHttp();
builder.Services.AddSingleton(_ => new HandledEvents(args[2]));
builder.Host.UseOrleans(silo => silo
    .UseLocalhostClustering(int.Parse(args[3]), int.Parse(args[4]))
    .AddReflex(reflex => reflex
        .UseFileLog(args[0], log => log.SegmentSizeBytes = 64 * 1024)
        .UseSqliteState()
        .AddStream("orders", partitions: 2)
        .AddConsumer<NotingConsumer>("noter", stream: "orders")));
var app = builder.Build();
app.MapReflexHttp();

// Most of a start is the compiler's work, so that the next silo gets here while the one before it is still in use.
Console.WriteLine("built");
Console.ReadLine();
await app.StartAsync();
Console.WriteLine("ready");
await app.WaitForShutdownAsync();
