using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Reflex.Silo.Logging;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Running;

/// <summary>Says in a sentence why the silo can't start.</summary>
internal static class StartFailure
{
    public static string Explain(Exception error) => VisibleText.Of(Describe(error).ReplaceLineEndings(" ").Trim());

    private static string Describe(Exception error) => error switch
    {
        AggregateException { InnerExceptions: [var only] } => Describe(only),
        OptionsValidationException options => OptionNames.ToSettings(string.Join(' ', options.Failures)),

        // What is wrong with a file of settings, only the innermost knows.
        InvalidDataException { InnerException: not null } => $"{error.Message} {error.GetBaseException().Message}",

        // These say for themselves what is wrong and what to do. The server's error of a port in use is an IOException, what
        // configuration can't convert an InvalidOperationException.
        ReflexException or OrleansConfigurationException or FormatException or IOException or InvalidOperationException
            or InvalidDataException or UnauthorizedAccessException or SocketException => error.Message,
        _ => error.ToString(),
    };
}
