using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.Composition;

namespace Learners.References;

/// <summary>
/// Settings of a reference policy: one beside the agent's, with its own network and its own view of the observation, that says what it would do where the
/// agent acted. Teachers of distillation and priors of KL-regularised learning are such. Immutable.
/// </summary>
public abstract record ReferenceSettings : NamedSettings
{
    private protected ReferenceSettings() { }

    /// <summary>Share of uniform actions that it is mixed with where actions are finite, so that none is impossible and log-probabilities stay small.</summary>
    /// <value>0 to 1. Default 0.001.</value>
    [Range(0f, 1f)]
    public float UniformShare { get; init; } = 1e-3f;

    internal sealed override NameTable Table => ReferenceTable.All;

    /// <summary>Whether it learns from what the agent does.</summary>
    internal virtual bool Learns => false;

    /// <summary>Whether it says what observations are worth to it.</summary>
    internal virtual bool KnowsValues => false;

    /// <summary>The same, with sums of the files that it reads, which may not change while a run goes on.</summary>
    /// <exception cref="Agents.Policies.PolicyFormatException">A policy that it names is not there.</exception>
    /// <exception cref="SettingsException">It is another one than the settings ask for.</exception>
    internal virtual ReferenceSettings Pinned() => this;

    /// <summary>Why it cannot take part in a fleet, which begins with its name; null where it can.</summary>
    internal virtual string? MistakeInFleet => null;

    /// <summary>What is said of one with a memory.</summary>
    /// <summary>Name of a network's memory, or of one of its mixture's; null where nothing in it remembers.</summary>
    private protected static string? MemoryOf(NetworkSettings network) =>
        network.Core != MemoryCores.Identity ? network.Core
        : network.Mixture?.Stages.FirstOrDefault(stage => stage.Remembers(network.Core)) is { } stage ? stage.CoreOf(network.Core)
        : null;

    private protected static string HasMemory(string name, string core) =>
        $"{name} has a core, {core}, which needs each copy's steps one behind the other, and a fleet's unrolls come from whoever is first. Train in one process, or use one without a core.";

    /// <summary>Its arrays, for <c>RunSize</c>.</summary>
    /// <param name="network">The agent's network.</param>
    /// <param name="samples">Samples of an unroll.</param>
    internal virtual IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) =>
        [
            new(
                $"what the policy {Name} says of each sample",
                "Lower unroll_length or copies",
                samples * (network.DistributionSize + 1.0),
                3
            ),
        ];

    /// <summary>Makes the policy. The caller owns it.</summary>
    internal abstract ReferencePolicy Create(ReferenceContext context);
}
