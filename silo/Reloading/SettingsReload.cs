namespace Reflex.Silo.Reloading;

/// <summary>
/// Takes what has changed in the files of settings while the silo runs, where that is safe, and says what isn't taken and why. Whatever
/// becomes of the files, what is in force stays so.
/// </summary>
/// <remarks>
/// Taken are the levels of the log, certificates, and endpoints that are added; all other settings are read at the start. What lasts is
/// said when it begins, and not again while it does.
/// </remarks>
internal sealed partial class SettingsReload(
    SettingsLayers layers,
    EndpointSettings endpoints,
    EndpointRehearsal rehearsal,
    ChangedSettingsCheck check,
    ILogger<SettingsReload> logger)
{
    private const string Logging = "Logging";
    private const string Endpoints = "Kestrel:Endpoints";
    private const string Certificates = "Kestrel:Certificates";
    private const string Faults = "faults";
    private const string Deferred = "deferred";
    private const int MaxListed = 10;

    private readonly Dictionary<string, string?> _started = FlatSettings.Of(layers.Merge(file => file.Settings));
    private readonly Standing _standing = new();

    /// <summary>Looks at the files and takes what it can; called again when one has changed, not before it has ended.</summary>
    /// <returns>A task that fails only by cancellation: what goes wrong is logged.</returns>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        _standing.BeginLook();
        try
        {
            var read = layers.Files.ToDictionary(file => file, Read);
            await TakeAsync(read, layers.Merge(file => read[file]), cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogReloadFailed(logger, error);
        }
    }

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxListed)) + (names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "");

    private static bool IsInLog(string name) => FlatSettings.IsIn(name, Logging);

    private static bool IsOfEndpoints(string name) => FlatSettings.IsIn(name, Endpoints) || FlatSettings.IsIn(name, Certificates);

    private IReadOnlyDictionary<string, string?> Read(SettingsFile file)
    {
        try
        {
            var settings = file.Read();
            if (_standing.Was(file.Path))
            {
                LogFileGood(logger, file.Path);
            }

            return settings;
        }
        catch (InvalidDataException error)
        {
            if (_standing.IsNew(file.Path, error.Message))
            {
                LogFileBad(logger, file.Path, error.Message);
            }

            return file.LastRead;
        }
    }

    private async Task TakeAsync(
        Dictionary<SettingsFile, IReadOnlyDictionary<string, string?>> read, IConfiguration wanted, CancellationToken cancellationToken)
    {
        if (check.FindFaults(wanted) is { Count: > 0 } found)
        {
            var faults = string.Join(' ', found);
            if (_standing.IsNew(Faults, faults))
            {
                LogSettingsBad(logger, faults);
            }

            return;
        }

        if (_standing.Was(Faults))
        {
            LogSettingsGood(logger);
        }

        TakeLog(read);
        foreach (var change in endpoints.Compare(wanted).ToList())
        {
            await TakeAsync(change, cancellationToken);
        }

        SayDeferred(FlatSettings.Of(wanted));
    }

    private void TakeLog(Dictionary<SettingsFile, IReadOnlyDictionary<string, string?>> read)
    {
        var taken = new List<string>();
        foreach (var (file, settings) in read)
        {
            var now = FlatSettings.From(file.Settings.Where(setting => !IsInLog(setting.Key)).Concat(settings.Where(s => IsInLog(s.Key))));
            if (FlatSettings.Differences(file.Settings, now) is { Count: > 0 } changed)
            {
                file.Take(now);
                taken.AddRange(changed);
            }
        }

        if (taken.Count > 0)
        {
            LogTaken(logger, List(taken));
        }
    }

    private async Task TakeAsync(EndpointChange change, CancellationToken cancellationToken)
    {
        var place = change.Kind == EndpointChangeKind.DefaultCertificate ? Certificates : $"{Endpoints}:{change.Name}";
        if (change.Kind == EndpointChangeKind.Moved)
        {
            if (_standing.IsNew(place, nameof(EndpointChangeKind.Moved)))
            {
                LogEndpointKept(logger, place);
            }
        }
        else if (await rehearsal.FindFaultAsync(endpoints.Rehearse(change), cancellationToken) is { } fault)
        {
            if (_standing.IsNew(place, fault))
            {
                LogEndpointRefused(logger, place, fault);
            }
        }
        else
        {
            endpoints.Take(change);
            LogEndpointTaken(logger, place);
        }
    }

    private void SayDeferred(Dictionary<string, string?> wanted)
    {
        var names = FlatSettings.Differences(_started, wanted).Where(name => !IsInLog(name) && !IsOfEndpoints(name)).ToList();
        var condition = string.Join('\n', names.Select(name => $"{name}={wanted.GetValueOrDefault(name)}"));
        if (names.Count > 0 && _standing.IsNew(Deferred, condition))
        {
            LogDeferred(logger, List(names));
        }
    }
}
