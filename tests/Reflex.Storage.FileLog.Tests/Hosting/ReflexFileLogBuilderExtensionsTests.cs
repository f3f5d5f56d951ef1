using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Hosting;

public sealed class ReflexFileLogBuilderExtensionsTests
{
    [Fact]
    public async Task UseFileLog_Twice_IsOneStorageWithTheLastOptions()
    {
        using var temp = new TempFolder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        new Composition(builder.Services)
            .UseFileLog("elsewhere")
            .UseFileLog(temp.Data, options => options.Durability = Durability.Buffered);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var provider = Assert.Single(host.Services.GetServices<IEventLogProvider>());
        Assert.Equal(Durability.Buffered, provider.Durability);
        await provider.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(temp.Data, "format")));
        Assert.Equal(temp.Data, host.Services.GetRequiredService<IOptions<FileLogOptions>>().Value.Path);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void UseFileLog_WithOptions_TellsThemToWhateverElseLiesInTheFolder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        new Composition(builder.Services).UseFileLog("data", options =>
        {
            options.Path = "elsewhere";
            options.Access = DataAccess.Umask;
        });
        using var host = builder.Build();
        var folder = host.Services.GetRequiredService<IOptions<DataFolderOptions>>().Value;
        Assert.Equal(("elsewhere", DataAccess.Umask), (folder.Path, folder.Access));
    }

    [Fact]
    public async Task UseFileLog_BadOptions_AreReportedAtStart()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        new Composition(builder.Services).UseFileLog("", options => options.MaxOpenFiles = 0);
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, error.Failures.Count());
    }

    private sealed class Composition(IServiceCollection services) : IReflexBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
