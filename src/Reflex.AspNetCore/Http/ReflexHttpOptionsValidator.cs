using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Http.Origins;

namespace Reflex.AspNetCore.Http;

/// <summary>Reports every fault of <see cref="ReflexHttpOptions"/>.</summary>
internal sealed class ReflexHttpOptionsValidator : IValidateOptions<ReflexHttpOptions>
{
    public ValidateOptionsResult Validate(string? name, ReflexHttpOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        RequirePositive(result, nameof(options.MaxBodyBytes), options.MaxBodyBytes);
        RequirePositive(result, nameof(options.MaxEventJsonBytes), options.MaxEventJsonBytes);
        RequirePositive(result, nameof(options.MaxEventsPerBody), options.MaxEventsPerBody);
        RequirePositive(result, nameof(options.MaxStreamsPerClient), options.MaxStreamsPerClient);
        RequireRange(result, nameof(options.KeepAliveInterval), options.KeepAliveInterval, TimeSpan.FromHours(1));
        RequireRange(result, nameof(options.ReadyTimeout), options.ReadyTimeout, TimeSpan.FromMinutes(1));
        RequireNotNegative(result, nameof(options.MaxFailedPartitions), options.MaxFailedPartitions);
        RequireNotNegative(result, nameof(options.MaxStuckConsumers), options.MaxStuckConsumers);
        RequireRange(result, nameof(options.StuckAfter), options.StuckAfter, TimeSpan.FromDays(1), TimeSpan.Zero);
        RequireRange(result, nameof(options.SlowStorage), options.SlowStorage, TimeSpan.FromHours(1));
        foreach (var origin in options.AllowedOrigins.Where(origin => !OriginText.TryParse(origin, out _)))
        {
            result.AddError(
                $"{nameof(ReflexHttpOptions)}.{nameof(options.AllowedOrigins)} has '{origin}'; it must be an origin such as "
                + "https://app.example.com, without a path, and can't be all.");
        }

        foreach (var host in options.AllowedHosts.Where(host => !IsHost(host)))
        {
            result.AddError(
                $"{nameof(ReflexHttpOptions)}.{nameof(options.AllowedHosts)} has '{host}'; it must be a name such as events.example.com or "
                + "*.example.com, without a port, and can't be all.");
        }

        if (options.TimeProvider is null)
        {
            result.AddError($"{nameof(ReflexHttpOptions)}.{nameof(options.TimeProvider)} is null; it must be set.");
        }

        return result.Build();
    }

    private static bool IsHost(string? host) =>
        host is not null
        && Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Unknown;

    private static void RequirePositive(ValidateOptionsResultBuilder result, string option, long value)
    {
        if (value <= 0)
        {
            result.AddError($"{nameof(ReflexHttpOptions)}.{option} is {value}; it must be greater than zero.");
        }
    }

    private static void RequireNotNegative(ValidateOptionsResultBuilder result, string option, int value)
    {
        if (value < 0)
        {
            result.AddError($"{nameof(ReflexHttpOptions)}.{option} is {value}; it must not be negative.");
        }
    }

    private static void RequireRange(
        ValidateOptionsResultBuilder result, string option, TimeSpan value, TimeSpan most, TimeSpan? lowest = null)
    {
        var least = lowest ?? TimeSpan.FromMilliseconds(1);
        if (value < least || value > most)
        {
            result.AddError($"{nameof(ReflexHttpOptions)}.{option} is {value}; it must be from {least} to {most}.");
        }
    }
}
