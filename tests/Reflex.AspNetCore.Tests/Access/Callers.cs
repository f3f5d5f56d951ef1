using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Access;

/// <summary>Callers with API keys, and servers that know them.</summary>
internal static class Callers
{
    public const string Key = "the-key-of-orders-6f1d0c5e";

    public static string Hash(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static ReflexAccessOptions WithKey(this ReflexAccessOptions options, string name, params string[] keys)
    {
        options.ApiKeys.Add(name, [.. keys.Select(Hash)]);
        return options;
    }

    public static ReflexAccessOptions WithPolicy(this ReflexAccessOptions options, string who, string stream, params string[] may)
    {
        var policy = new ReflexAccessPolicy { Who = { who }, Streams = { stream } };
        Array.ForEach(may, policy.May.Add);
        options.Policies.Add($"policy-{options.Policies.Count}", policy);
        return options;
    }

    public static Task<HttpServer> StartAsync(
        IReflexClient client, Action<ReflexAccessOptions> configure, Action<ReflexHttpOptions>? configureHttp = null) =>
        HttpServer.StartAsync(client, configureHttp, services => services.AddReflexAccess(configure));

    /// <summary>Requires of what was logged of refused callers that it is a short line each: they decide how often it is written.</summary>
    public static void RequireShortLines(this HttpServer server)
    {
        var lines = server.Logs.GetSnapshot().Where(log => log.Category == typeof(Credentials).FullName).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            Assert.Null(line.Exception);
            Assert.DoesNotContain('\n', line.Message);
            Assert.InRange(line.Message.Length, 1, 700);
        });
    }

    public static async Task<HttpResponseMessage> AskAsync(
        this HttpServer server, string method, string path, string? bearer = null, string? key = null, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : HttpServer.Json(body),
            Headers = { Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer) },
        };
        if (key is not null)
        {
            request.Headers.Add("reflex-api-key", key);
        }

        return await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
