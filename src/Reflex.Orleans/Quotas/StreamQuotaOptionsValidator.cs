using Microsoft.Extensions.Options;
using Reflex.Streams;

namespace Reflex.Orleans.Quotas;

/// <summary>Reports every fault of <see cref="StreamQuotaOptions"/>.</summary>
internal sealed class StreamQuotaOptionsValidator : IValidateOptions<StreamQuotaOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamQuotaOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.MaxStreamBytes <= 0)
        {
            result.AddError(
                $"{nameof(StreamQuotaOptions)}.{nameof(options.MaxStreamBytes)} is {options.MaxStreamBytes}; it must be greater than zero, "
                + "or not set.");
        }

        foreach (var (stream, bytes) in options.Streams)
        {
            var option = $"{nameof(StreamQuotaOptions)}.{nameof(options.Streams)}[{stream}]";
            try
            {
                StreamName.Parse(stream);
            }
            catch (FormatException error)
            {
                result.AddError($"{option}: {error.Message}");
            }

            if (bytes <= 0)
            {
                result.AddError($"{option} is {bytes}; it must be greater than zero.");
            }
        }

        return result.Build();
    }
}
