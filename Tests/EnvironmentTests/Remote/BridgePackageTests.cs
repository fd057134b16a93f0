using System.Diagnostics;
using Environments;
using Environments.Naming;
using Environments.Processes;
using Environments.Remote;
using Google.Protobuf.Reflection;
using Protos.Bridge;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

public sealed class BridgePackageTests
{
    [Fact]
    public void Messages_BuiltWithoutGeneratedCode_AreThoseOfTheProtoFile()
    {
        string text = PythonRun.Run(
            "import base64; from agents_bridge import messages; print(base64.b64encode(messages.file_descriptor().SerializeToString()).decode())"
        );
        FileDescriptorProto python = FileDescriptorProto.Parser.ParseFrom(Convert.FromBase64String(text.Trim()));
        FileDescriptorProto compiled = EnvironmentReflection.Descriptor.ToProto();
        foreach (FileDescriptorProto file in (FileDescriptorProto[])[python, compiled])
        {
            file.Name = "";
            file.Options = null;
            file.ClearSyntax();
            foreach (DescriptorProto message in file.MessageType)
            {
                foreach (FieldDescriptorProto field in message.Field)
                {
                    field.ClearJsonName();
                }
            }
        }

        Assert.Equal(compiled.ToString(), python.ToString());
    }

    [Fact]
    public void Serve_BeyondThisMachineWithoutTokenAndCertificate_IsRefused()
    {
        string said = Refusal("serve", "--listen", "0.0.0.0:0");

        Assert.Contains("would be open to everybody on the network", said);
    }

    [Fact]
    public void Serve_AnEnvironmentOfItsOwn_RefusesOthersAndTooManyCopies()
    {
        using var server = new PythonServer("serve", "bridge_cases:CartPole", "--num-envs", "4");
        using (IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(server.Id("bridge_cases:CartPole"), 4))
        {
            environment.Reset(0);
            environment.Step([1, 1, 1, 1]);
            Assert.Equal([1f, 1f, 1f, 1f], environment.Rewards);
        }

        Assert.Contains(
            "is not served here",
            Assert.Throws<UnknownNameException>(() => EnvironmentRegistry.Default.Find(server.Id("bridge_cases:Frames"))).Message
        );
        Assert.Contains(
            "at most 4 are served",
            Assert
                .Throws<EnvironmentFaultException>(() => EnvironmentRegistry.Default.Make(server.Id("bridge_cases:CartPole"), 5))
                .Message
        );
    }

    [Fact]
    public void Serve_WithAToken_LetsNobodyInWithoutIt()
    {
        const string token = "a token of more than sixteen letters";
        using var server = new PythonServer(token, "serve");
        RemoteId id = RemoteId.Parse(server.Id("bridge_cases:CartPole"));

        Assert.Throws<UnauthorizedAccessException>(() => GrpcLane.Describe(id, PythonCases.Settings, null));
        Assert.Throws<UnauthorizedAccessException>(() =>
            GrpcLane.Describe(id, PythonCases.Settings with { Token = token + "s" }, null)
        );
        Description description = GrpcLane.Describe(id, PythonCases.Settings with { Token = token }, null);
        Assert.Equal("bridge_cases:CartPole", description.Name);
    }

    [Fact]
    public void Serve_RestartedWhileAClientSteps_IsJoinedAgainWithTheEpisodeCut()
    {
        var server = new PythonServer("serve");
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(server.Id("bridge_cases:CartPole"), 2);
        environment.Reset(0);
        environment.Step([1, 0]);
        server.Kill();
        using PythonServer next = server.Again();
        environment.Step([1, 0]);

        Assert.Equal([true, true], environment.Truncated);
        environment.Step([1, 0]);
        Assert.Equal([false, false], environment.Truncated);
    }

    [Fact]
    [ShortTime("Looks again every tenth of a second, for five minutes.")]
    public void Serve_ParentIsGone_EndsByItself()
    {
        // A process between: it starts the bridge as a child of its own, and is killed.
        string output = PythonRun.Run(
            """
            import os, signal, subprocess, sys, tempfile, time
            folder = tempfile.mkdtemp()
            code = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-m', 'agents_bridge', 'serve', '--parent', '--listen', 'unix:%s/s'], stdin=subprocess.PIPE, stdout=subprocess.PIPE); p.stdout.readline(); print(p.pid, flush=True); time.sleep(3600)" % folder
            parent = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE)
            child = int(parent.stdout.readline())
            os.kill(parent.pid, signal.SIGKILL)
            parent.wait()
            for _ in range(3000):
                if not os.path.exists('/proc/%d' % child) or open('/proc/%d/stat' % child).read().split()[2] == 'Z':
                    break
                time.sleep(0.1)
            else:
                print('alive')
            print(os.path.exists(folder))
            """
        );

        Assert.Equal("False", output.Trim());
    }

    private static string Refusal(params string[] arguments)
    {
        using Process process = Process.Start(PythonServer.Command(null, arguments))!;
        (string Output, string Errors)? said = ChildProcess.Finish(process, TimeSpan.FromMinutes(2));
        Assert.NotNull(said);
        Assert.Equal(1, process.ExitCode);
        return said.Value.Errors;
    }
}
