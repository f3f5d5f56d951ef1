using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Reflex.Testing;

namespace Reflex.Storage.Sqlite.Tests.Hosting;

public sealed class ReflexSqliteBuilderExtensionsTests
{
    [Fact]
    public async Task UseSqliteState_Twice_IsOneStorageInTheDataFolder()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-").FullName;
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<DataFolderOptions>(options => options.Path = folder);
        services.AddKeyedSingleton<IGrainStorageSerializer>(ReflexStorageNames.GrainStorage, new JsonStateSerializer());
        services.AddKeyedSingleton<TimeProvider>(ReflexClock.Name, new FakeTimeProvider());
        new Composition(services).UseSqliteState().UseSqliteState();
        await using var provider = services.BuildServiceProvider();

        var storage = Assert.Single(provider.GetKeyedServices<IGrainStorage>(ReflexStorageNames.GrainStorage));
        var local = Assert.IsAssignableFrom<ILocalState>(storage);
        await local.StartAsync(new MemoryEventLogProvider(), TestContext.Current.CancellationToken);

        Assert.True(File.Exists(Path.Combine(folder, "reflex.db")));
        Assert.Equal($"the SQLite file {Path.Combine(folder, "reflex.db")}", local.Name);
    }

    [Fact]
    public void UseSqliteState_WhereAGrainStorageIsRegistered_LeavesIt()
    {
        var services = new ServiceCollection();
        var other = new OtherStorage();
        services.AddKeyedSingleton<IGrainStorage>(ReflexStorageNames.GrainStorage, other);
        new Composition(services).UseSqliteState();
        using var provider = services.BuildServiceProvider();

        Assert.Same(other, provider.GetKeyedService<IGrainStorage>(ReflexStorageNames.GrainStorage));
    }

    private sealed class Composition(IServiceCollection services) : IReflexBuilder
    {
        public IServiceCollection Services { get; } = services;
    }

    private sealed class OtherStorage : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }
}
