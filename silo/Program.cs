using Reflex.Orleans.Quotas;
using Reflex.Silo.Commands;
using Reflex.Silo.Configuration;
using Reflex.Silo.Logging;
using Reflex.Silo.Running;
using Reflex.Silo.Settings;
using Reflex.Silo.Telemetry;

// Before anything else, since whatever is loaded may be what the process has no file for.
if (OpenFiles.TooFew() is { } tooFew)
{
    return OpenFiles.Refuse(args, tooFew);
}

Terminal.LeaveClosedStreams();
if (SiloCommands.TryRun(args) is { } command)
{
    return await command;
}

return await SiloRun.RunAsync(() =>
{
    var builder = CheckedBuilder.Create(args, SiloCommands.Names);
    builder.Logging.AddLines(builder.Configuration);
    var settings = builder.Configuration.GetSection(ReflexSettings.Section);
    var storage = StorageConfiguration.Read(builder.Configuration);
    var telemetry = settings.GetSection(ReflexSettings.Telemetry).Get<TelemetrySettings>() ?? new TelemetrySettings();
    var signals = Signals.Read(builder.Configuration);

    builder.UseOrleans(silo => silo
        .UseConfiguredClustering(builder.Configuration, storage)
        .AddConfiguredTracing(signals)
        .AddReflex(reflex => storage.Apply(reflex)
            .AddConfiguredStreams(settings.GetSection(ReflexSettings.Streams))
            .AddDemo(settings.GetValue<bool>(ReflexSettings.Demo))));
    builder.Services.Configure<StreamQuotaOptions>(settings.GetSection(ReflexSettings.Quotas));
    builder.Services.AddSingleton(storage);
    builder.Services.AddSystemd();
    builder.Services.AddConfiguredTelemetry(telemetry, signals);
    builder.Services.AddConfiguredAccess(settings.GetSection(ReflexSettings.Access));
    builder.Services.AddReflexEndpoints(
        http => settings.GetSection(ReflexSettings.Http).Bind(http),
        grpc => settings.GetSection(ReflexSettings.Grpc).Bind(grpc),
        server => settings.GetSection(ReflexSettings.Server).Bind(server));

    var app = builder.Build();
    app.UseReflexHttpProblems();
    app.MapConfiguredMetrics(telemetry);
    app.MapReflex();
    return app;
});
