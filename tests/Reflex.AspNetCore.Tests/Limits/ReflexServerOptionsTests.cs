using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Limits;

public sealed class ReflexServerOptionsTests(Cluster cluster)
{
    [Fact]
    public async Task Start_FaultyOptions_NamesEveryFault()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => HttpServer.StartAsync(
            cluster.Client,
            addServices: services => services.AddReflexServer(options =>
            {
                options.MaxReceivingBytes = 0;
                options.MaxReadingBytes = -1;
                options.MaxConnections = 0;
                options.MaxAppendsPerSecond = 0;
                options.MaxAppendedBytesPerSecond = 0;
                options.BusyTimeout = TimeSpan.Zero;
                options.StallTimeout = TimeSpan.FromHours(2);
                options.PeerTimeout = TimeSpan.FromMilliseconds(999);
                options.MaxStreamAge = TimeSpan.FromMilliseconds(999);
                options.TimeProvider = null!;
            })));

        Assert.Equal(
            [
                "ReflexServerOptions.MaxReceivingBytes is 0; it must be greater than zero, or not set.",
                "ReflexServerOptions.MaxReadingBytes is -1; it must be greater than zero, or not set.",
                "ReflexServerOptions.MaxConnections is 0; it must be greater than zero, or not set.",
                "ReflexServerOptions.MaxAppendsPerSecond is 0; it must be greater than zero, or not set.",
                "ReflexServerOptions.MaxAppendedBytesPerSecond is 0; it must be greater than zero, or not set.",
                "ReflexServerOptions.BusyTimeout is 00:00:00; it must be from 00:00:00.0010000 to 01:00:00.",
                "ReflexServerOptions.StallTimeout is 02:00:00; it must be from 00:00:00.0010000 to 01:00:00.",
                "ReflexServerOptions.PeerTimeout is 00:00:00.9990000; it must be from 00:00:01 to 01:00:00.",
                "ReflexServerOptions.MaxStreamAge is 00:00:00.9990000; it must be from 00:00:01 to 7.00:00:00, or not set.",
                "ReflexServerOptions.TimeProvider is null; it must be set.",
            ],
            error.Failures);
    }

    [Fact]
    public void Validate_MoreConnectionsThanFiles_IsAFault()
    {
        var validator = new ReflexServerOptionsValidator(openFileLimit: 400);

        Assert.True(validator.Validate(null, new ReflexServerOptions { MaxConnections = 400 }).Succeeded);
        Assert.Equal(
            "ReflexServerOptions.MaxConnections is 401; it must be at most 400, the files that the process may have open (ulimit -n), or "
            + "not set.",
            validator.Validate(null, new ReflexServerOptions { MaxConnections = 401 }).FailureMessage);
    }
}
