using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Reflex.Storage.Postgres;

/// <summary>Reports every fault of <see cref="PostgresOptions"/>.</summary>
internal sealed partial class PostgresOptionsValidator : IValidateOptions<PostgresOptions>
{
    /// <summary>What a schema's name is, as the end of a sentence.</summary>
    public static string SchemaRule { get; } =
        "it must have lower-case letters, digits and underscores, begin with a letter other than in 'pg_', and have at most "
        + $"{PostgresOptions.MaxSchemaLength} of them.";

    public static bool IsSchema(string? name) =>
        SchemaName().IsMatch(name ?? "") && name!.Length <= PostgresOptions.MaxSchemaLength;

    public ValidateOptionsResult Validate(string? name, PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new ValidateOptionsResultBuilder();
        CheckConnection(result, options.ConnectionString);
        if (!IsSchema(options.Schema))
        {
            result.AddError($"{nameof(PostgresOptions)}.{nameof(options.Schema)} is '{options.Schema}'; {SchemaRule}");
        }

        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromMinutes(10))
        {
            result.AddError(
                $"{nameof(PostgresOptions)}.{nameof(options.CommandTimeout)} is {options.CommandTimeout}; "
                + "it must be from 1 second to 10 minutes.");
        }

        if (options.MaxWaitingBytes is < 1024 * 1024 or > 1024 * 1024 * 1024)
        {
            result.AddError(
                $"{nameof(PostgresOptions)}.{nameof(options.MaxWaitingBytes)} is {options.MaxWaitingBytes}; "
                + "it must be from 1048576 (1 MiB) to 1073741824 (1 GiB).");
        }

        if (options.MaxReads is < 1 or > 64)
        {
            result.AddError(
                $"{nameof(PostgresOptions)}.{nameof(options.MaxReads)} is {options.MaxReads}; it must be from 1 to 64.");
        }

        return result.Build();
    }

    private static void CheckConnection(ValidateOptionsResultBuilder result, string? value)
    {
        const string option = $"{nameof(PostgresOptions)}.{nameof(PostgresOptions.ConnectionString)}";
        try
        {
            // Never quoted in an error: it holds a password.
            if (new NpgsqlConnectionStringBuilder(value) is { Host: null or "" })
            {
                result.AddError($"{option} names no host; write it as 'Host=…;Database=…;Username=…;Password=…'.");
            }
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            result.AddError($"{option} can't be read; write it as 'Host=…;Database=…;Username=…;Password=…'.");
        }
    }

    [GeneratedRegex("^(?!pg_)[a-z_][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex SchemaName();
}
