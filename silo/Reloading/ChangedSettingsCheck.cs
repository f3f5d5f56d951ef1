using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Limits;
using Reflex.Orleans.Quotas;
using Reflex.Silo.Configuration;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Reloading;

/// <summary>Finds in changed settings what would refuse the next start, before somebody restarts the silo.</summary>
internal sealed class ChangedSettingsCheck(
    IEnumerable<IValidateOptions<ReflexHttpOptions>> http,
    IEnumerable<IValidateOptions<ReflexGrpcOptions>> grpc,
    IEnumerable<IValidateOptions<ReflexServerOptions>> server,
    IEnumerable<IValidateOptions<StreamQuotaOptions>> quotas,
    IEnumerable<IValidateOptions<ReflexAccessOptions>> access)
{
    /// <summary>The faults, a sentence for each.</summary>
    public IReadOnlyList<string> FindFaults(IConfiguration configuration)
    {
        if (SettingsCheck.FindFaults(configuration) is { Count: > 0 } faults)
        {
            return faults;
        }

        var settings = configuration.GetSection(ReflexSettings.Section);
        try
        {
            StreamsConfiguration.Read(settings.GetSection(ReflexSettings.Streams));
        }
        catch (FormatException error)
        {
            return [error.Message];
        }

        return
        [
            .. Validate(settings.GetSection(ReflexSettings.Http), http),
            .. Validate(settings.GetSection(ReflexSettings.Grpc), grpc),
            .. Validate(settings.GetSection(ReflexSettings.Server), server),
            .. Validate(settings.GetSection(ReflexSettings.Quotas), quotas),
            .. Validate(settings.GetSection(ReflexSettings.Access), access),
        ];
    }

    private static IEnumerable<string> Validate<TOptions>(
        IConfigurationSection section, IEnumerable<IValidateOptions<TOptions>> validators)
        where TOptions : class, new()
    {
        var options = section.Get<TOptions>() ?? new TOptions();
        return validators
            .SelectMany(validator => validator.Validate(Options.DefaultName, options).Failures ?? [])
            .Select(OptionNames.ToSettings);
    }
}
