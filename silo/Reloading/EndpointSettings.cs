namespace Reflex.Silo.Reloading;

/// <summary>
/// What the server is told of the <c>Kestrel</c> section. It isn't told of a change that would take an endpoint away, or move it, while
/// somebody may be served there.
/// </summary>
/// <remarks>
/// The server itself follows every change: where an endpoint is missing, if only for a moment, it closes the connections; one that it
/// couldn't bind it takes for bound; and an error anywhere ends the whole change.
/// </remarks>
internal sealed class EndpointSettings : ConfigurationProvider
{
    private const string Section = "Kestrel";
    private const string Endpoints = "Endpoints";
    private const string Certificates = "Certificates";
    private const string Certificate = "Certificate";
    private const string Url = "Url";

    // For an endpoint that is rehearsed and whose own place is in use, by itself.
    private const string AnyTlsPort = "https://127.0.0.1:0";
    private const string AnyPort = "http://127.0.0.1:0";

    private static readonly HashSet<string> CertificateFiles = new(["Path", "KeyPath"], StringComparer.OrdinalIgnoreCase);

    // Other ways to say where to listen.
    private static readonly string[] Addresses =
        [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];

    private EndpointSettings(Dictionary<string, string?> settings)
    {
        Data = settings;
        Configuration = new ConfigurationRoot([this]);
    }

    /// <summary>Whether there are certificates in files, which may be replaced without a change of the settings.</summary>
    public bool HasCertificateFiles => Data.Keys.Any(IsFileOfCertificate);

    /// <summary>What the server reads, and whose changes it follows.</summary>
    public IConfiguration Configuration { get; }

    public static EndpointSettings From(IConfiguration configuration) => new(Read(configuration));

    /// <summary>The differences between what changed settings want and what the server was told.</summary>
    public IEnumerable<EndpointChange> Compare(IConfiguration configuration)
    {
        var wanted = Read(configuration);
        if (FlatSettings.Differences(Below(Data, Certificates), Below(wanted, Certificates)).Count > 0)
        {
            yield return new EndpointChange(EndpointChangeKind.DefaultCertificate, "", Below(wanted, Certificates));
        }

        var served = EndpointsOf(Data);
        var others = EndpointsOf(wanted);
        foreach (var (name, settings) in served)
        {
            var changed = others.TryGetValue(name, out var other) ? FlatSettings.Differences(settings, other) : null;
            if (changed is null || !changed.All(IsCertificate))
            {
                yield return new EndpointChange(EndpointChangeKind.Moved, name, settings);
            }
            else if (changed.Count > 0)
            {
                yield return new EndpointChange(EndpointChangeKind.Certificate, name, other!);
            }
        }

        foreach (var (name, settings) in others.Where(other => !served.ContainsKey(other.Key)))
        {
            yield return new EndpointChange(EndpointChangeKind.Added, name, settings);
        }
    }

    /// <summary>Tells the server of a change.</summary>
    public void Take(EndpointChange change)
    {
        Data = With(FlatSettings.From(Data), change);
        OnReload();
    }

    /// <summary>What a server must be able to serve before this one is told of a change: what it concerns, and nothing else.</summary>
    public IReadOnlyDictionary<string, string?> Rehearse(EndpointChange change)
    {
        var settings = With(FlatSettings.From(Data.Where(setting => !FlatSettings.IsIn(setting.Key, Endpoints))), change);
        switch (change.Kind)
        {
            case EndpointChangeKind.Certificate:
                settings[$"{Endpoints}:{change.Name}:{Url}"] = AnyTlsPort;
                break;
            case EndpointChangeKind.DefaultCertificate:
                settings[$"{Endpoints}:Rehearsed:{Url}"] = EndpointsOf(Data).Values.Any(UsesDefaultCertificate) ? AnyTlsPort : AnyPort;
                break;
        }

        return settings;
    }

    private static Dictionary<string, string?> Read(IConfiguration configuration)
    {
        var settings = FlatSettings.Of(configuration.GetSection(Section));
        ReadFiles(settings);
        var isSaid = Addresses.Any(key => !string.IsNullOrEmpty(configuration[key]));
        if (isSaid || Below(settings, Endpoints).Count > 0)
        {
            return settings;
        }

        // Without any the server would listen on a port of its own choice.
        var stock = Below(StockSettings.Of($"{Section}:{Endpoints}"), Section);
        return FlatSettings.From(settings.Concat(stock));
    }

    /// <summary>
    /// Has certificates where their files really are, each beside when it was written: one whose files were replaced, in place or through a
    /// link, is then another one. The server itself compares all that is below an endpoint.
    /// </summary>
    private static void ReadFiles(Dictionary<string, string?> settings)
    {
        foreach (var (name, path) in settings.Where(setting => IsFileOfCertificate(setting.Key)).ToList())
        {
            if (!string.IsNullOrEmpty(path))
            {
                var file = new FileInfo(PhysicalPath.Of(path));
                settings[name] = file.FullName;
                settings[$"{name}Written"] = file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length}" : null;
            }
        }
    }

    private static bool IsFileOfCertificate(string name) =>
        (IsCertificate(name) || FlatSettings.IsIn(name, Certificates))
        && CertificateFiles.Contains(name.Split(ConfigurationPath.KeyDelimiter)[^1]);

    private static Dictionary<string, string?> With(Dictionary<string, string?> settings, EndpointChange change)
    {
        var place = change.Kind == EndpointChangeKind.DefaultCertificate ? Certificates : $"{Endpoints}:{change.Name}";
        foreach (var name in settings.Keys.Where(name => FlatSettings.IsIn(name, place)).ToList())
        {
            settings.Remove(name);
        }

        foreach (var (name, value) in change.Settings)
        {
            settings[ConfigurationPath.Combine(place, name)] = value;
        }

        return settings;
    }

    private static Dictionary<string, string?> Below(IEnumerable<KeyValuePair<string, string?>> settings, string section) =>
        FlatSettings.From(settings
            .Where(setting => setting.Key.Length > section.Length && FlatSettings.IsIn(setting.Key, section))
            .Select(setting => KeyValuePair.Create(setting.Key[(section.Length + 1)..], setting.Value)));

    private static Dictionary<string, Dictionary<string, string?>> EndpointsOf(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var below = Below(settings, Endpoints);
        return below.Keys
            .Select(name => name.Split(ConfigurationPath.KeyDelimiter)[0])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, name => Below(below, name), StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsCertificate(string name) =>
        name.Split(ConfigurationPath.KeyDelimiter).Contains(Certificate, StringComparer.OrdinalIgnoreCase);

    private static bool UsesDefaultCertificate(Dictionary<string, string?> endpoint) =>
        endpoint.GetValueOrDefault(Url)?.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase) == true
        && !endpoint.Keys.Any(IsCertificate);
}
