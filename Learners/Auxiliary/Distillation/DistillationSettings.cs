using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Learners.Composition;
using Learners.References;

namespace Learners.Auxiliary;

/// <summary>
/// Settings of distillation: the agent, as a student, is brought to what a teacher does (Czarnecki et al. 2019, arXiv 1902.02186). Immutable.
/// </summary>
/// <remarks>
/// The paper's variants: a method with the student in control is the method by its name; with <see cref="RewardWeight"/> 1 it is "+ R"; teacher-driven
/// distillation is on_policy with <see cref="Control"/> teacher; the rest are <see cref="ValueGate"/> and <see cref="TeacherValues"/>.
/// </remarks>
public sealed record DistillationSettings : AuxiliarySettings, IValidatableObject
{
    /// <inheritdoc/>
    public override string Name => "distillation";

    /// <inheritdoc/>
    public override string Description => "the agent learns to act as a teacher does (Czarnecki et al. 2019)";

    /// <summary>The teacher: its kind, with its settings under that name.</summary>
    /// <value>Default saved, whose <c>path</c> has to be given.</value>
    public ReferenceSettings Teacher { get; init; } = new SavedReferenceSettings();

    /// <summary>What is differentiated, and what is paid.</summary>
    /// <value>Default expected_entropy_regularized, which converges and varies little.</value>
    public DistillationMethod Method { get; init; } = DistillationMethod.ExpectedEntropyRegularized;

    /// <summary>Whether the student's entropy counts in the two entropy-regularised methods, so that their losses are divergences and the teacher is the best student.</summary>
    /// <value>Default true. Without it a student is paid for ending episodes early.</value>
    public bool IncludeStudentEntropy { get; init; } = true;

    /// <summary>Weight of loss and pay.</summary>
    /// <value>0 to 1e6. Default 1.</value>
    [Range(0f, 1e6f)]
    public float Weight { get; init; } = 1;

    /// <summary>Factor of the advantages of the task's rewards.</summary>
    /// <value>0 to 1e6. Default 1; 0 imitates and nothing else.</value>
    [Range(0f, 1e6f)]
    public float RewardWeight { get; init; } = 1;

    /// <summary>Factor by which pay one step later counts less.</summary>
    /// <value>0 to 1. Default 0.9: at 1 the pay of long first episodes drowns the loss.</value>
    [Range(0f, 1f)]
    public float DiscountFactor { get; init; } = 0.9f;

    /// <summary>Weight between one-step (0) and full (1) estimates of what is paid later.</summary>
    /// <value>0 to 1. Default 1.</value>
    [Range(0f, 1f)]
    public float Lambda { get; init; } = 1;

    /// <summary>Whether critics are subtracted from returns: the agent's from those of the task, a head of its own from those of what is paid.</summary>
    /// <value>Default true. False takes returns as they are, up to the end of the unroll.</value>
    public bool Critic { get; init; } = true;

    /// <summary>Weight of the head's squared error.</summary>
    /// <value>0 to 1e6. Default 0.5.</value>
    [Range(0f, 1e6f)]
    public float ValueCoefficient { get; init; } = 0.5f;

    /// <summary>Whether only observations count that the teacher thinks worth more than the agent's critic does.</summary>
    /// <value>Default false.</value>
    public bool ValueGate { get; init; }

    /// <summary>What the teacher's values are used for; they are in the units of the rewards that it was trained on.</summary>
    /// <value>Default nothing.</value>
    public TeacherValueUse TeacherValues { get; init; } = TeacherValueUse.Nothing;

    /// <summary>Whose actions are taken.</summary>
    /// <value>Default student. The others need the method on_policy, no reward, and a run in one process.</value>
    public ControlPolicy Control { get; init; } = ControlPolicy.Student;

    internal string ValueHead => $"{Name}_value";

    private bool IsControlled => Control != ControlPolicy.Student;

    internal bool ShapesRewards => TeacherValues == TeacherValueUse.Shaping;

    private bool AsksValues => ValueGate || TeacherValues != TeacherValueUse.Nothing;

    internal bool HasPay => DistillationFormulas.PayOf(Method) != DistillationPay.Nothing;

    internal override IEnumerable<HeadSettings> HeadsOf(EnvironmentSpec environment) =>
        HasPay && Critic
            ?
            [
                new HeadSettings
                {
                    Name = ValueHead,
                    Kind = HeadKind.Value,
                    Trunk = Head.CriticTrunk,
                },
            ]
            : [];

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) => Teacher.MemoryOf(network, samples);

    internal override AuxiliarySettings Pinned() => this with { Teacher = Teacher.Pinned() };

    internal override string? MistakeInFleet =>
        IsControlled
            ? $"{Name}.control is not the student, and actors of a fleet act with the student alone. Train in one process, or set {Name}.control=student."
        : Teacher.MistakeInFleet is { } mistake ? $"{Name}.{mistake}"
        : null;

    internal override string ControlName => IsControlled ? $"{Control} {Teacher}" : "";

    internal override bool TakesPlainReturns => !Critic && RewardWeight > 0;

    internal override IPolicy? Controlled(NetworkPolicy own, TrainingSettings run, Func<string, EnvironmentSpec?> findTask)
    {
        ReferenceSettings? control = Control switch
        {
            ControlPolicy.Student => null,
            ControlPolicy.Teacher => Teacher,
            ControlPolicy.Uniform => new UniformReferenceSettings(),
        };
        if (control is null)
        {
            return null;
        }
        var context = new ReferenceContext(own.Spec, run, findTask, new SeedSequence(run.Seed), $"{Name}.teacher");
        return new ControlledPolicy(own, (RawReference)control.Create(context));
    }

    internal override bool AddsLoss => DistillationFormulas.HasLoss(Method) || HasPay && Critic;

    internal override bool ComparesPolicies => true;

    internal override AuxiliaryParts Create(AuxiliaryContext context)
    {
        var stage = new DistillationStage(
            this,
            Teacher.Create(
                new ReferenceContext(context.Run, context.Seed, $"{Name}.teacher")
                {
                    WithNext = DistillationFormulas.PayOf(Method) == DistillationPay.NextLoss,
                    WithValues = AsksValues,
                }
            ),
            context.Run
        );
        return new AuxiliaryParts { Objectives = [.. stage.Objectives], Stages = [stage] };
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Method == DistillationMethod.None && TeacherValues == TeacherValueUse.Nothing)
        {
            yield return new ValidationResult(
                "neither a method nor the teacher's values are used, so nothing would be taught. Choose a method, or set teacher_values.",
                [nameof(Method)]
            );
        }
        bool takesMore = Method != DistillationMethod.OnPolicy || RewardWeight > 0 || AsksValues;
        if (IsControlled && takesMore)
        {
            yield return new ValidationResult(
                "what follows another policy's actions says nothing about the student's. Use control with method: on_policy, reward_weight: 0 and neither teacher_values nor value_gate, or let the student act.",
                [nameof(Control)]
            );
        }
        if (!Teacher.KnowsValues && AsksValues)
        {
            yield return new ValidationResult(
                $"the teacher {Teacher.Name} does not say what observations are worth, and value_gate and teacher_values ask it. Leave them out, or choose a saved or planned teacher.",
                [nameof(Teacher)]
            );
        }
        if (Teacher.Learns)
        {
            yield return new ValidationResult(
                $"a teacher is there before the student, and {Teacher.Name} learns from the agent. Choose saved, planned or uniform.",
                [nameof(Teacher)]
            );
        }
        if (TeacherValues != TeacherValueUse.Nothing && RewardWeight == 0)
        {
            yield return new ValidationResult(
                "the teacher's values change the advantages of rewards, and reward_weight is 0, so that they would do nothing. Raise it, or leave teacher_values out.",
                [nameof(RewardWeight)]
            );
        }
        if (ValueGate && ShapesRewards)
        {
            yield return new ValidationResult(
                "with shaped rewards the agent's critic does not say what the task is worth, and value_gate compares it with the teacher's. Leave one of them out.",
                [nameof(ValueGate)]
            );
        }
        if (!Critic && TeacherValues == TeacherValueUse.Bootstrap)
        {
            yield return new ValidationResult(
                "a bootstrap is one step and a critic's baseline, and critic is false. Leave one of them out.",
                [nameof(Critic)]
            );
        }
        if (ValueGate && !DistillationFormulas.HasLoss(Method))
        {
            yield return new ValidationResult(
                "this method has no loss that a gate could switch off. Choose another method, or leave value_gate out.",
                [nameof(ValueGate)]
            );
        }
    }
}

/// <summary>What a teacher's values are used for.</summary>
public enum TeacherValueUse
{
    /// <summary>For nothing.</summary>
    Nothing,

    /// <summary>Reward plus discounted value of the next observation less that of the present one: what is best stays best (Ng et al. 1999).</summary>
    Shaping,

    /// <summary>Reward plus discounted value of the next observation, one step, in place of returns.</summary>
    Bootstrap,
}

/// <summary>Whose actions are taken.</summary>
public enum ControlPolicy
{
    /// <summary>The agent's own.</summary>
    Student,

    /// <summary>The teacher's.</summary>
    Teacher,

    /// <summary>Each action equally often; of continuous ones a standard normal distribution's, before scaling.</summary>
    Uniform,
}
