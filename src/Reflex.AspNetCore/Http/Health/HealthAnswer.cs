using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Health;

/// <summary>A health report as JSON.</summary>
internal static class HealthAnswer
{
    // Everybody may ask, so that the answer is never large.
    private const int MostNamed = 100;

    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = MediaTypes.Json;
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, ProblemJson.Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("status", Lower(report.Status));
            writer.WriteStartObject("checks");
            foreach (var (name, entry) in report.Entries)
            {
                writer.WriteStartObject(name);
                writer.WriteString("status", Lower(entry.Status));
                writer.WriteString("description", entry.Description);
                foreach (var (key, value) in entry.Data)
                {
                    await WriteAsync(writer, key, value, context);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task WriteAsync(Utf8JsonWriter writer, string key, object value, HttpContext context)
    {
        switch (value)
        {
            case IReadOnlyList<FailedPartition> partitions:
                await WriteAllAsync(writer, key, partitions, failed => failed.Partition.Stream.Value, Write, context);
                break;
            case IReadOnlyList<StuckConsumer> consumers:
                await WriteAllAsync(writer, key, consumers, stuck => stuck.Stream, Write, context);
                break;
            default:
                writer.WriteString(key, value.ToString());
                break;
        }
    }

    private static async Task WriteAllAsync<T>(
        Utf8JsonWriter writer, string key, IEnumerable<T> all, Func<T, string> stream, Action<Utf8JsonWriter, T> write, HttpContext context)
    {
        var isVisible = await FilterAsync(context);
        writer.WriteStartArray(key);
        foreach (var one in all.Where(one => StreamName.TryParse(stream(one), out var name) && isVisible(name)).Take(MostNamed))
        {
            writer.WriteStartObject();
            write(writer, one);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, FailedPartition failed)
    {
        writer.WriteString("partition", failed.Partition.ToString());
        writer.WriteString("error", failed.Error);
    }

    private static void Write(Utf8JsonWriter writer, StuckConsumer stuck)
    {
        writer.WriteString("consumer", stuck.Name.Value);
        writer.WriteString("stream", stuck.Stream);
        if (stuck.Partition is { } partition)
        {
            writer.WriteNumber("partition", partition);
        }

        writer.WriteString("since", stuck.Since);
    }

    /// <summary>Probes have no credential: while access is on, only who has one is told names.</summary>
    private static async Task<Func<StreamName, bool>> FilterAsync(HttpContext context)
    {
        var guard = context.RequestServices.GetRequiredService<AccessGuard>();
        try
        {
            return await guard.FilterAsync(context, StreamOperations.Any);
        }
        catch (UnauthenticatedException)
        {
            return _ => false;
        }
    }

    private static string Lower(HealthStatus status) => status.ToString().ToLowerInvariant();
}
