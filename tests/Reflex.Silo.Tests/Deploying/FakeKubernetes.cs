using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>As much of Kubernetes as silos ask for: the pods of a namespace.</summary>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    /// <summary>The namespace of the pods.</summary>
    public const string Namespace = "events";

    private const string Pods = $"/api/v1/namespaces/{Namespace}/pods";

    private readonly Authority _authority = new("CN=kubernetes");
    private readonly ConcurrentDictionary<string, V1Pod> _pods = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private FakeKubernetes()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls("https://127.0.0.1:0")
            .ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = _authority.IssueServer()));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>The folder of a pod's service account.</summary>
    public string Account { get; } = Directory.CreateTempSubdirectory("reflex-kubernetes-").FullName;

    /// <summary>The variables by which a pod knows itself, and where to ask.</summary>
    public IEnumerable<string> VariablesOf(string pod) =>
    [
        "KUBERNETES_SERVICE_HOST=127.0.0.1", $"KUBERNETES_SERVICE_PORT={new Uri(_app.Urls.Single()).Port}",
        $"POD_NAME={pod}", $"POD_NAMESPACE={Namespace}", "POD_IP=127.0.0.1", "ORLEANS_SERVICE_ID=reflex", "ORLEANS_CLUSTER_ID=reflex",
    ];

    public static async Task<FakeKubernetes> StartAsync()
    {
        var fake = new FakeKubernetes();
        await fake._app.StartAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(fake.Account, "token"), "a-token", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(fake.Account, "namespace"), Namespace, TestContext.Current.CancellationToken);
        File.Copy(fake._authority.WriteTo(Directory.CreateTempSubdirectory().FullName), Path.Combine(fake.Account, "ca.crt"));
        return fake;
    }

    public void Add(string pod) => _pods[pod] = new V1Pod
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta
        {
            Name = pod,
            NamespaceProperty = Namespace,
            Labels = new Dictionary<string, string> { ["orleans/serviceId"] = "reflex", ["orleans/clusterId"] = "reflex" },
        },
    };

    public void Remove(string pod) => _pods.TryRemove(pod, out _);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var path = context.Request.Path.Value!;
        if (path == Pods && context.Request.Query["watch"] == "true")
        {
            await context.Response.StartAsync(context.RequestAborted);
            var gone = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        }
        else if (path == Pods)
        {
            var list = new V1PodList { ApiVersion = "v1", Kind = "PodList", Items = [.. _pods.Values], Metadata = new V1ListMeta() };
            await context.Response.WriteAsync(KubernetesJson.Serialize(list), context.RequestAborted);
        }
        else if (_pods.TryGetValue(path[(Pods.Length + 1)..], out var pod))
        {
            await context.Response.WriteAsync(KubernetesJson.Serialize(pod), context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
