using Reflex.Orleans.Storage;
using Reflex.Silo.Configuration;
using Reflex.Silo.Demo;
using Reflex.Silo.Running;
using Reflex.Silo.Verifying;
using Reflex.Storage.FileLog.Verifying;

if (args is [VerifyCommand.Name, .. var rest])
{
    return await VerifyCommand.RunAsync(rest, folder => new FileLogVerifier(folder), SqliteStateVerifier.Verify);
}

return await SiloRun.RunAsync(() =>
{
    // The settings lie beside the program; the data folder is relative to where it is started.
    var builder = WebApplication.CreateBuilder(
        new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var reflexSettings = builder.Configuration.GetSection("Reflex");

    builder.UseOrleans(silo => silo
        .UseConfiguredClustering(builder.Configuration)
        .AddReflex(reflex => reflex
            .UseFileLog(reflexSettings["DataPath"] ?? "data")
            .AddConfiguredStreams(reflexSettings.GetSection("Streams"))
            .AddConsumer<LogEvents>("log-events", stream: "demo")));
    builder.Services.AddConfiguredAccess(reflexSettings.GetSection("Access"));
    builder.Services.AddReflexEndpoints(
        http => reflexSettings.GetSection("Http").Bind(http),
        grpc => reflexSettings.GetSection("Grpc").Bind(grpc),
        server => reflexSettings.GetSection("Server").Bind(server));

    var app = builder.Build();
    app.UseReflexHttpProblems();
    app.MapReflex();
    return app;
});
