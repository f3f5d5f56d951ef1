using Microsoft.Extensions.Options;

namespace Reflex.Silo.Running;

/// <summary>Says in a sentence why the silo can't start.</summary>
internal static class StartFailure
{
    public static string Explain(Exception error) => error switch
    {
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        OptionsValidationException options => string.Join(' ', options.Failures),

        // These say for themselves what is wrong and what to do. The server's error of a port in use is an IOException, what
        // configuration can't convert an InvalidOperationException.
        ReflexException or OrleansConfigurationException or FormatException or IOException or InvalidOperationException =>
            OneLine(error.Message),
        _ => error.ToString(),
    };

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
