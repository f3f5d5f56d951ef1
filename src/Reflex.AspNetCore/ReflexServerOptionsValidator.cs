using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore;

/// <summary>Reports every fault of <see cref="ReflexServerOptions"/>.</summary>
internal sealed class ReflexServerOptionsValidator : IValidateOptions<ReflexServerOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

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

        RequireRange(nameof(options.BusyTimeout), options.BusyTimeout, Shortest);
        RequireRange(nameof(options.StallTimeout), options.StallTimeout, Shortest);

        // TCP's keep-alive counts in seconds.
        RequireRange(nameof(options.PeerTimeout), options.PeerTimeout, TimeSpan.FromSeconds(1));

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
