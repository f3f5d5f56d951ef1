using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Hosting;
using Reflex.Storage.Postgres.Tests.Support;

namespace Reflex.Storage.Postgres.Tests.Hosting;

public sealed class PostgresServicesTests
{
    public static TheoryData<Exception> Causes { get; } =
    [
        new NpgsqlException("Exception while reading from stream", new IOException("Connection reset by peer")),
        new PostgresException("terminating connection due to administrator command", "FATAL", "FATAL", "57P01"),
    ];

    [Theory]
    [MemberData(nameof(Causes), DisableDiscoveryEnumeration = true)]
    public void Failure_OfALogOfAnotherSilo_ArrivesAsItIs(Exception cause)
    {
        var services = new ServiceCollection().AddSerializer().AddPostgresDatabase("Host=db", configure: null);
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(nameof(Reflex)));
        using var provider = services.BuildServiceProvider();
        var serializer = provider.GetRequiredService<Serializer>();
        var failure = PostgresErrors.ToLogFailure(Owners.Partition(3), "db", cause);

        var arrived = Assert.IsType<LogFailedException>(
            serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(failure)));

        Assert.Equal(failure.Partition, arrived.Partition);
        Assert.Equal(failure.Message, arrived.Message);
        Assert.True(arrived.IsTransient);
        Assert.IsType(cause.GetType(), arrived.InnerException);
    }
}
