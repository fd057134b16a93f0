using System.Reflection;

namespace Tests.CodeTests;

/// <summary>The assemblies of the projects, whose names carry a prefix.</summary>
internal static class ProductAssembly
{
    /// <summary>The assembly of a project.</summary>
    /// <param name="project">The project's folder.</param>
    public static Assembly Load(string project) => Assembly.Load(NameOf(project));

    /// <summary>The name of a project's assembly.</summary>
    public static string NameOf(string project) =>
        "RlAgents."
        + project switch
        {
            "Agents" => "Inference",
            "Agents.Onnx" => "Onnx",
            "Agents.Torch" => "Torch",
            "Learners" => "Training",
            _ => project,
        };
}
