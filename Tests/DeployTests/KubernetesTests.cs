using System.Text.RegularExpressions;
using Cli;
using Xunit;

namespace Tests.DeployTests;

public sealed partial class KubernetesTests
{
    private static readonly List<Dictionary<object, object>> Manifests =
    [
        .. Kustomization().Texts("resources").SelectMany(file => DeployFiles.Read(DeployFiles.PathOf("kubernetes", file))),
    ];

    public static TheoryData<string, string> Workloads => new() { { "StatefulSet", "learner" }, { "Deployment", "actor" } };

    [Fact]
    public void Manifests_All_AreOfTheExpectedKindsAndNames()
    {
        string[] expected =
        [
            "v1 Namespace agents",
            "v1 ConfigMap run",
            "apps/v1 StatefulSet learner",
            "apps/v1 Deployment actor",
            "v1 Service learner",
            "policy/v1 PodDisruptionBudget actor",
            "networking.k8s.io/v1 NetworkPolicy learner",
            "networking.k8s.io/v1 NetworkPolicy actor",
        ];

        Assert.Equal(
            expected,
            Manifests.Select(one => $"{one.Text("apiVersion")} {one.Text("kind")} {one.Text("metadata", "name")}")
        );
        Assert.Equal("agents", Kustomization().Text("namespace"));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Arguments_OfEveryContainer_AreKnownToTheCommandLine(string kind, string name)
    {
        object run = Find("ConfigMap", "run").At("data")!;
        string[] arguments =
        [
            .. Container(kind, name)
                .Texts("args")
                .Select(text => Reference().Replace(text, match => run.Text(match.Groups[1].Value))),
        ];

        Assert.Null(Application.Mistake(arguments));
        Assert.DoesNotContain("", arguments);
        Assert.DoesNotContain(arguments, argument => argument.Contains('$', StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Image_OfEveryContainer_IsOneThatTheDockerfileBuilds(string kind, string name)
    {
        Assert.Equal("agents-" + name, Container(kind, name).Text("image"));
        Assert.Contains(Kustomization().List("images"), image => image.Text("name") == "agents-" + name);
        Assert.Contains($" AS {name}\n", File.ReadAllText(DeployFiles.PathOf("Dockerfile")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Containers_All_RunWithoutPrivilegesAndWithinLimits(string kind, string name)
    {
        object pod = Pod(kind, name);
        object container = Container(kind, name);

        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
        Assert.Equal("1654", pod.Text("securityContext", "runAsUser"));
        Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
        Assert.Equal("false", pod.Text("automountServiceAccountToken"));
        Assert.Equal("false", container.Text("securityContext", "allowPrivilegeEscalation"));
        Assert.Equal("true", container.Text("securityContext", "readOnlyRootFilesystem"));
        Assert.Equal(["ALL"], container.Texts("securityContext", "capabilities", "drop"));
        Assert.NotEqual("", container.Text("resources", "limits", "memory"));
        Assert.NotEqual("", container.Text("resources", "requests", "cpu"));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Mounts_All_HaveAVolumeAndEveryFileArgumentAMount(string kind, string name)
    {
        IEnumerable<string> volumes = Pod(kind, name).List("volumes").Select(volume => volume.Text("name"));
        IEnumerable<string> claims = Find(kind, name)
            .List("spec", "volumeClaimTemplates")
            .Select(claim => claim.Text("metadata", "name"));
        List<object> mounts = Container(kind, name).List("volumeMounts");

        Assert.All(mounts, mount => Assert.Contains(mount.Text("name"), volumes.Concat(claims)));
        foreach (string path in Container(kind, name).Texts("args").Where(argument => argument.StartsWith('/')))
        {
            Assert.Contains(mounts, mount => path.StartsWith(mount.Text("mountPath") + "/", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Secrets_ThatArePlacedInPods_AreShownByTheExampleWithAllTheirFiles(string kind, string name)
    {
        object mounted = Assert.Single(Pod(kind, name).List("volumes"), volume => volume.At("secret") is not null);
        string secret = mounted.Text("secret", "secretName");
        string folder = Assert
            .Single(Container(kind, name).List("volumeMounts"), mount => mount.Text("name") == mounted.Text("name"))
            .Text("mountPath");
        object example = Assert.Single(
            DeployFiles.Read(DeployFiles.PathOf("kubernetes", "secrets.example.yaml")),
            document => document.Text("metadata", "name") == secret
        );

        foreach (
            string path in Container(kind, name)
                .Texts("args")
                .Where(argument => argument.StartsWith(folder, StringComparison.Ordinal))
        )
        {
            Assert.NotEqual("", example.Text("stringData", Path.GetFileName(path)));
        }
        Assert.DoesNotContain("secrets.example.yaml", Kustomization().Texts("resources"));
    }

    [Fact]
    public void Service_Learner_LeadsToThePortsThatTheLearnerOpens()
    {
        object container = Container("StatefulSet", "learner");
        string[] arguments = container.Texts("args");
        string labels = Find("StatefulSet", "learner").Text("spec", "template", "metadata", "labels", "app.kubernetes.io/name");

        Assert.Equal(labels, Find("Service", "learner").Text("spec", "selector", "app.kubernetes.io/name"));
        foreach (object port in Find("Service", "learner").List("spec", "ports"))
        {
            object opened = Assert.Single(container.List("ports"), one => one.Text("name") == port.Text("targetPort"));
            Assert.Equal(port.Text("port"), opened.Text("containerPort"));
            Assert.Contains("https://0.0.0.0:" + port.Text("port"), arguments);
        }
        Assert.Contains("https://learner:5051", Container("Deployment", "actor").Texts("args"));
    }

    [Fact]
    public void Probes_OfTheLearner_AskForHealthOnTheMetricsPort()
    {
        foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            object get = Container("StatefulSet", "learner").At(probe, "httpGet")!;
            Assert.Equal(("/health", "metrics", "HTTPS"), (get.Text("path"), get.Text("port"), get.Text("scheme")));
        }
    }

    [Fact]
    public void Budget_Actor_CoversTheActors() =>
        Assert.Equal(
            Find("Deployment", "actor").Text("spec", "template", "metadata", "labels", "app.kubernetes.io/name"),
            Find("PodDisruptionBudget", "actor").Text("spec", "selector", "matchLabels", "app.kubernetes.io/name")
        );

    private static object Kustomization() =>
        Assert.Single(DeployFiles.Read(DeployFiles.PathOf("kubernetes", "kustomization.yaml")));

    private static object Find(string kind, string name) =>
        Assert.Single(Manifests, one => one.Text("kind") == kind && one.Text("metadata", "name") == name);

    private static object Pod(string kind, string name) => Find(kind, name).At("spec", "template", "spec")!;

    private static object Container(string kind, string name) => Assert.Single(Pod(kind, name).List("containers"));

    [GeneratedRegex(@"\$\(([A-Z_]+)\)")]
    private static partial Regex Reference();
}
