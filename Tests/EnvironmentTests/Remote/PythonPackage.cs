using Xunit;

namespace Tests.EnvironmentTests.Remote;

/// <summary>A package of Python that some tests need and most machines lack. Those tests are skipped there with the reason, or fail where a variable asks for them.</summary>
internal sealed class PythonPackage(string module, string howToGet, string required)
{
    private readonly Lazy<string?> _reason = new(() =>
    {
        string complaint = PythonRun.Run(
            $"""
            try:
                import {module}
            except ImportError as error:
                print(error)
            """
        );
        return complaint.Length == 0 ? null : $"Python: {complaint.Trim()}. {howToGet}";
    });

    /// <summary>Gymnasium, 1.1 or later.</summary>
    public static PythonPackage Gymnasium { get; } =
        new(
            "gymnasium.envs.registration",
            "Install it with 'python3 -m pip install gymnasium', or name the folder that it lies in with PYTHONPATH.",
            "AGENTS_REQUIRE_GYMNASIUM"
        );

    /// <summary>The Arcade Learning Environment for Gymnasium.</summary>
    public static PythonPackage Atari { get; } =
        new(
            "gymnasium.envs.registration, ale_py.env",
            "Install it with 'python3 -m pip install gymnasium ale-py', or name the folder that both lie in with PYTHONPATH.",
            "AGENTS_REQUIRE_ATARI"
        );

    /// <summary>Skips the running test where it cannot be imported; fails it where the variable is set.</summary>
    public void Require()
    {
        if (_reason.Value is { } reason)
        {
            Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(required)), reason);
            Assert.Fail(reason);
        }
    }
}
