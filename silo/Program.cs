using Reflex.Silo.Commands;
using Reflex.Silo.Configuration;
using Reflex.Silo.Demo;
using Reflex.Silo.Running;

if (SiloCommands.TryRun(args) is { } command)
{
    return await command;
}

return await SiloRun.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(DataConfiguration.Options(args));
    var reflexSettings = builder.Configuration.GetSection("Reflex");
    var data = DataConfiguration.Read(builder.Configuration);

    builder.UseOrleans(silo => silo
        .UseConfiguredClustering(builder.Configuration)
        .AddReflex(reflex => reflex
            .UseFileLog(data.Path, options => options.Access = data.Access)
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
