using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Grpc.Requests;

namespace Reflex.AspNetCore.Grpc;

/// <summary>Reports every fault of <see cref="ReflexGrpcOptions"/>.</summary>
internal sealed class ReflexGrpcOptionsValidator : IValidateOptions<ReflexGrpcOptions>
{
    private const int MostStreams = 1_000_000;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, ReflexGrpcOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.DefaultStream is { } stream)
        {
            try
            {
                StreamChoice.Parse(stream);
            }
            catch (FormatException error)
            {
                Add(nameof(options.DefaultStream), stream, $"name a stream or a partition: {error.Message}");
            }
        }

        if (options.MaxMessageBytes <= 0)
        {
            Add(nameof(options.MaxMessageBytes), options.MaxMessageBytes, "be greater than zero.");
        }

        if (options.MaxEventsPerMessage <= 0)
        {
            Add(nameof(options.MaxEventsPerMessage), options.MaxEventsPerMessage, "be greater than zero.");
        }

        if (options.MaxStreamsPerClient is < 1 or > MostStreams)
        {
            Add(nameof(options.MaxStreamsPerClient), options.MaxStreamsPerClient, $"be from 1 to {MostStreams}.");
        }

        if (options.MessageTimeout < Shortest || options.MessageTimeout > Longest)
        {
            Add(nameof(options.MessageTimeout), options.MessageTimeout, $"be from {Shortest} to {Longest}.");
        }

        if (options.FirstRequestTimeout < Shortest || options.FirstRequestTimeout > Longest)
        {
            Add(nameof(options.FirstRequestTimeout), options.FirstRequestTimeout, $"be from {Shortest} to {Longest}.");
        }

        if (options.AcknowledgementTimeout < Shortest || options.AcknowledgementTimeout > Longest)
        {
            Add(nameof(options.AcknowledgementTimeout), options.AcknowledgementTimeout, $"be from {Shortest} to {Longest}.");
        }

        if (options.TimeProvider is null)
        {
            result.AddError($"{nameof(ReflexGrpcOptions)}.{nameof(options.TimeProvider)} is null; it must be set.");
        }

        return result.Build();

        void Add(string option, object value, string rule) =>
            result.AddError($"{nameof(ReflexGrpcOptions)}.{option} is {value}; it must {rule}");
    }
}
