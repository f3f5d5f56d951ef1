namespace Reflex.Silo.Settings;

/// <summary>Refuses arguments that mean nothing, which the host would pass over.</summary>
internal static class CommandLine
{
    private const string Prefix = "--";
    private const string LogForm = Prefix + "log";
    private const string LogFormSetting = Prefix + "Logging:Console:FormatterName";

    // Ours, and what the host, the server, Orleans and the logging read, as a section or a single value.
    private static readonly string[] Sections =
    [
        ReflexSettings.Section, "Kestrel", "Orleans", "Logging", "AllowedHosts", "ConnectionStrings", "Metrics", "urls", "http_ports",
        "https_ports", "https_port", "preferHostingUrls", "environment", "contentRoot", "webroot", "applicationName", "startupAssembly",
        "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "preventHostingStartup", "detailedErrors", "captureStartupErrors",
        "suppressStatusMessages", "shutdownTimeoutSeconds", "servicesStartConcurrently", "servicesStopConcurrently", "staticWebAssets",
        "forwardedHeaders_enabled", "hostBuilder",
    ];

    private static readonly string[] Secrets = ["ApiKeys", "SigningKey", "Password"];

    /// <summary>The arguments with what is short for a setting written out: <c>--log json</c>.</summary>
    public static string[] WriteOut(IReadOnlyList<string> arguments) =>
    [
        .. arguments.Select(argument => argument == LogForm || argument.StartsWith(LogForm + '=', StringComparison.Ordinal)
            ? LogFormSetting + argument[LogForm.Length..]
            : argument),
    ];

    /// <summary>Requires that every argument is a setting with a value. Which of Reflex there are is checked with all others.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="commands">The commands that could be in the place of the settings.</param>
    /// <exception cref="FormatException">There are faults; the message has a sentence for each.</exception>
    public static void Require(IReadOnlyList<string> arguments, params IEnumerable<string> commands)
    {
        var faults = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            if (!IsSetting(name))
            {
                faults.Add(DescribeStray(arguments, i, name, commands));
                continue;
            }

            var hasValue = equals >= 0 || HasValue(arguments, i);
            if (FindFault(name, hasValue) is { } fault)
            {
                faults.Add(fault);
            }

            i += equals < 0 && hasValue ? 1 : 0;
        }

        if (faults.Count > 0)
        {
            throw new FormatException(string.Join(' ', faults));
        }
    }

    private static bool IsSetting(string name) => name.Length > 1 && (name[0] == '/' || name.StartsWith(Prefix, StringComparison.Ordinal));

    private static string? FindFault(string name, bool hasValue)
    {
        var key = name[0] == '/' ? name[1..] : name[Prefix.Length..];
        var section = key.Split(ConfigurationPath.KeyDelimiter)[0];
        if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
        {
            return $"The argument {name} is unknown; the nearest known one is {Prefix}{Nearest(key, section)}.";
        }

        return hasValue ? null
            : name == LogFormSetting ? $"The argument {LogForm} has no value: expected {LogForm} json, or another form of lines."
            : $"The argument {name} has no value: expected {name}=VALUE.";
    }

    // The nearest of our own settings, or the nearest section of others, since what is below that isn't known here.
    private static string Nearest(string key, string section)
    {
        var ours = ReflexSettings.Known.Paths(ReflexSettings.Section, key).Select(path => (Name: path, Like: key));
        return ours.Concat(Sections.Select(name => (Name: name, Like: section)))
            .MinBy(known => NearestName.Distance(known.Name, known.Like)).Name;
    }

    private static bool HasValue(IReadOnlyList<string> arguments, int setting) =>
        setting + 1 < arguments.Count && !arguments[setting + 1].StartsWith(Prefix, StringComparison.Ordinal);

    // What follows a secret may be the rest of it.
    private static string DescribeStray(IReadOnlyList<string> arguments, int place, string name, IEnumerable<string> commands)
    {
        var before = arguments.Take(place).LastOrDefault(IsSetting) ?? "";
        var isSecret = Secrets.Any(secret => before.Contains(secret, StringComparison.OrdinalIgnoreCase));
        return $"The argument {(isSecret ? $"{place + 1}" : name)} means nothing: settings look like {Prefix}{ReflexSettings.Section}:"
            + $"{ReflexSettings.DataPath}=data{(commands.Any() ? $", commands come first and are {string.Join(", ", commands)}" : "")}.";
    }
}
