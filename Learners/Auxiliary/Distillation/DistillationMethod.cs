using Agents.Distributions;
using Agents.Programs;

namespace Learners.Auxiliary;

/// <summary>What is differentiated, and what is paid, to bring a student to its teacher (Czarnecki et al. 2019, table of variants).</summary>
public enum DistillationMethod
{
    /// <summary>Cross entropy of teacher and student at each step, and nothing for later ones: cheap and fast, but no gradient of anything.</summary>
    OnPolicy,

    /// <summary>The same, and later steps' cross entropy is paid, so that it is the gradient of the sum over a trajectory.</summary>
    NDistill,

    /// <summary>No loss; each action is paid what its teacher thinks of it.</summary>
    EntropyRegularized,

    /// <summary>The same in expectation over the student's actions at each step, which varies less the more actions there are.</summary>
    ExpectedEntropyRegularized,

    /// <summary>Neither loss nor pay: only the teacher's values are used.</summary>
    None,
}

/// <summary>The formulas of the methods: one home for what is differentiated and what is paid.</summary>
internal static class DistillationFormulas
{
    /// <summary>The loss of each row, <c>[N, 1]</c>, with gradients through the student; null where a method has none.</summary>
    /// <param name="method">The method.</param>
    /// <param name="family">Family of both policies.</param>
    /// <param name="teacher">Parameters of the teacher's distributions, <c>[N, P]</c>.</param>
    /// <param name="student">Those of the student's, <c>[N, P]</c>.</param>
    /// <param name="includesStudentEntropy">Whether the student's entropy counts, so that the teacher itself is the best student.</param>
    public static Value? LossOf(
        DistillationMethod method,
        ActionDistribution family,
        Value teacher,
        Value student,
        bool includesStudentEntropy
    )
    {
        switch (method)
        {
            case DistillationMethod.OnPolicy:
            case DistillationMethod.NDistill:
                return family.Divergence(teacher, student) + family.Entropy(teacher);
            case DistillationMethod.ExpectedEntropyRegularized:
                Value divergence = family.Divergence(student, teacher);
                return includesStudentEntropy ? divergence : divergence + family.Entropy(student);
            case DistillationMethod.EntropyRegularized:
            case DistillationMethod.None:
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such method.");
        }
    }

    /// <summary>Whether a method has a loss.</summary>
    public static bool HasLoss(DistillationMethod method) =>
        method switch
        {
            DistillationMethod.OnPolicy or DistillationMethod.NDistill or DistillationMethod.ExpectedEntropyRegularized => true,
            DistillationMethod.EntropyRegularized or DistillationMethod.None => false,
        };

    /// <summary>What a step is paid for beyond the task's reward.</summary>
    public static DistillationPay PayOf(DistillationMethod method) =>
        method switch
        {
            DistillationMethod.OnPolicy or DistillationMethod.None => DistillationPay.Nothing,
            DistillationMethod.NDistill or DistillationMethod.ExpectedEntropyRegularized => DistillationPay.NextLoss,
            DistillationMethod.EntropyRegularized => DistillationPay.OwnAction,
        };
}

/// <summary>What a step is paid for beyond the task's reward.</summary>
internal enum DistillationPay
{
    /// <summary>For nothing.</summary>
    Nothing,

    /// <summary>Less the loss of the observation that it led to.</summary>
    NextLoss,

    /// <summary>What the teacher thinks of the action.</summary>
    OwnAction,
}
