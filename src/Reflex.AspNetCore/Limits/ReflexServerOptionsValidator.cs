using Microsoft.Extensions.Options;
using Reflex.Storage;

namespace Reflex.AspNetCore.Limits;

/// <summary>Reports every fault of <see cref="ReflexServerOptions"/>.</summary>
/// <param name="openFileLimit">How many files the process may have open.</param>
internal sealed class ReflexServerOptionsValidator(int openFileLimit) : IValidateOptions<ReflexServerOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(7);

    public ReflexServerOptionsValidator()
        : this(OpenFileLimit.OfTheProcess)
    {
    }

    public ValidateOptionsResult Validate(string? name, ReflexServerOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.MaxReceivingBytes <= 0)
        {
            Add(nameof(options.MaxReceivingBytes), options.MaxReceivingBytes, "be greater than zero, or not set.");
        }

        if (options.MaxReadingBytes <= 0)
        {
            Add(nameof(options.MaxReadingBytes), options.MaxReadingBytes, "be greater than zero, or not set.");
        }

        if (options.MaxConnections <= 0)
        {
            Add(nameof(options.MaxConnections), options.MaxConnections, "be greater than zero, or not set.");
        }
        else if (options.MaxConnections > openFileLimit)
        {
            Add(
                nameof(options.MaxConnections),
                options.MaxConnections,
                $"be at most {openFileLimit}, the files that the process may have open (ulimit -n), or not set.");
        }

        if (options.MaxAppendsPerSecond <= 0)
        {
            Add(nameof(options.MaxAppendsPerSecond), options.MaxAppendsPerSecond, "be greater than zero, or not set.");
        }

        if (options.MaxAppendedBytesPerSecond <= 0)
        {
            Add(nameof(options.MaxAppendedBytesPerSecond), options.MaxAppendedBytesPerSecond, "be greater than zero, or not set.");
        }

        RequireRange(nameof(options.BusyTimeout), options.BusyTimeout, Shortest);
        RequireRange(nameof(options.StallTimeout), options.StallTimeout, Shortest);

        // TCP's keep-alive counts in seconds.
        RequireRange(nameof(options.PeerTimeout), options.PeerTimeout, TimeSpan.FromSeconds(1));

        if (options.MaxStreamAge is { } age && (age < ShortestAge || age > LongestAge))
        {
            Add(nameof(options.MaxStreamAge), age, $"be from {ShortestAge} to {LongestAge}, or not set.");
        }

        if (options.TimeProvider is null)
        {
            result.AddError($"{nameof(ReflexServerOptions)}.{nameof(options.TimeProvider)} is null; it must be set.");
        }

        return result.Build();

        void RequireRange(string option, TimeSpan value, TimeSpan shortest)
        {
            if (value < shortest || value > Longest)
            {
                Add(option, value, $"be from {shortest} to {Longest}.");
            }
        }

        void Add(string option, object value, string rule) =>
            result.AddError($"{nameof(ReflexServerOptions)}.{option} is {value}; it must {rule}");
    }
}
