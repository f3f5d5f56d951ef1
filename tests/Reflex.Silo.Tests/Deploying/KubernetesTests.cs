using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>The manifests in <c>deploy/kubernetes</c>.</summary>
public sealed class KubernetesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cluster.yaml", "ServiceAccount Role RoleBinding Deployment PodDisruptionBudget Service NetworkPolicy")]
    [InlineData("single.yaml", "StatefulSet Service")]
    public void Manifests_ReadStrictly_AreWhatTheyShouldBe(string file, string kinds) =>
        Assert.Equal(kinds.Split(' '), Load(file).Select(item => ((IKubernetesObject)item).Kind));

    [Theory]
    [InlineData("cluster.yaml")]
    [InlineData("single.yaml")]
    public void Pods_OfAManifest_HaveSettingsThatTheSiloKnowsAndWhatTheyName(string file)
    {
        var (pod, labels, claims) = Pod(file);
        var silo = Assert.Single(pod.Containers);

        DeployedSettings.Require(silo.Env.Select(variable => KeyValuePair.Create(variable.Name, variable.Value ?? Example(variable))));
        Assert.Equal(
            (pod.Volumes ?? []).Select(volume => volume.Name).Concat(claims).Order(),
            silo.VolumeMounts.Select(mount => mount.Name).Order());
        var ports = silo.Ports.ToDictionary(port => port.Name, port => port.ContainerPort);
        Assert.Equal((8080, 5001), (ports["http"], ports["grpc"]));
        foreach (var service in Load(file).OfType<V1Service>())
        {
            Assert.All(service.Spec.Selector, label => Assert.Equal(label.Value, labels[label.Key]));
            Assert.All(service.Spec.Ports, port => Assert.Equal(port.Port, ports[port.TargetPort.Value]));
        }

        // Each file that a setting names is in a folder that is mounted.
        Assert.All(
            silo.Env.Where(variable => variable.Value?.StartsWith('/') == true),
            variable => Assert.Contains(silo.VolumeMounts, mount => variable.Value.StartsWith(mount.MountPath, StringComparison.Ordinal)));
        Assert.True(pod.TerminationGracePeriodSeconds > 45);
        Assert.True(silo.SecurityContext.ReadOnlyRootFilesystem == true && pod.SecurityContext.RunAsNonRoot == true);
    }

    [Fact]
    public void Cluster_OfTheManifest_IsFoundByItsLabels()
    {
        var (pod, labels, _) = Pod("cluster.yaml");
        var variables = Assert.Single(pod.Containers).Env.Where(variable => variable.Value is not null)
            .ToDictionary(variable => variable.Name, variable => variable.Value);

        Assert.Equal(labels["orleans/serviceId"], variables["ORLEANS_SERVICE_ID"]);
        Assert.Equal(labels["orleans/clusterId"], variables["ORLEANS_CLUSTER_ID"]);
        var rule = Assert.Single(Load("cluster.yaml").OfType<V1Role>().Single().Rules);
        Assert.Equal(["get", "list", "patch", "watch"], rule.Verbs.Order());
        Assert.Equal(pod.ServiceAccountName, Load("cluster.yaml").OfType<V1ServiceAccount>().Single().Metadata.Name);
    }

    /// <summary>A restart must be for what a restart mends.</summary>
    [Theory]
    [InlineData("cluster.yaml")]
    [InlineData("single.yaml")]
    public async Task Probes_OfAManifest_AreAnsweredByASilo(string file)
    {
        var silo = Assert.Single(Pod(file).Pod.Containers);
        Assert.Equal(
            ("/health/live", "/health/live", "/health/ready"),
            (silo.StartupProbe.HttpGet.Path, silo.LivenessProbe.HttpGet.Path, silo.ReadinessProbe.HttpGet.Path));
        await using var running = await StockSilo.StartAsync();
        foreach (var probe in new[] { silo.StartupProbe, silo.LivenessProbe, silo.ReadinessProbe })
        {
            using var answer = await running.Client.GetAsync(probe.HttpGet.Path, Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("Reflex:Kubernetes is for the silos of a cluster, and this one is alone")]
    [InlineData(
        "and POD_NAME, POD_NAMESPACE, POD_IP, KUBERNETES_SERVICE_HOST isn't set.",
        "--Reflex:Storage=Postgres",
        "--Reflex:Postgres:ConnectionString=Host=127.0.0.1")]
    public async Task Start_InKubernetesWithoutWhatItNeeds_IsRefused(string expected, params string[] settings)
    {
        await using var silo = StockSilo.Launch(null, ["--Reflex:Kubernetes=true", .. settings]);

        Assert.Equal(1, await silo.Process.EndsAsync());
        Assert.Contains(expected, silo.Process.Errors, StringComparison.Ordinal);
    }

    // What a secret has, or the pod: of the right form.
    private static string Example(V1EnvVar variable) =>
        variable.ValueFrom.SecretKeyRef is not null ? new string('a', 64) : "10.0.0.1";

    private static List<object> Load(string file) =>
        KubernetesYaml.LoadAllFromString(Repository.Read("deploy", "kubernetes", file), strict: true);

    private static (V1PodSpec Pod, IDictionary<string, string> Labels, IEnumerable<string> Claims) Pod(string file)
    {
        foreach (var item in Load(file))
        {
            switch (item)
            {
                case V1Deployment deployment:
                    return (deployment.Spec.Template.Spec, deployment.Spec.Template.Metadata.Labels, []);
                case V1StatefulSet set:
                    var claims = set.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name);
                    return (set.Spec.Template.Spec, set.Spec.Template.Metadata.Labels, claims);
            }
        }

        throw new JsonException($"{file} has no pods.");
    }
}
