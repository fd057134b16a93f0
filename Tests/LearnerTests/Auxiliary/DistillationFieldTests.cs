using Environments.Randomness;
using Learners.Auxiliary;
using Learners.Objectives;
using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>Expected updates of every variant on the smallest task in which they differ, and which of them are gradients (Czarnecki et al. 2019).</summary>
public sealed class DistillationFieldTests
{
    private static readonly double[] Student = [0.3, -0.2, 0.5, 0.1, -0.4, 0.2];
    private static readonly double[][] Teacher =
    [
        [0.8, 0.2],
        [0.3, 0.7],
        [0.6, 0.4],
    ];

    public static TheoryData<string, DistillationSettings, bool, double[], double> Variants =>
        new()
        {
            {
                "teacher-driven",
                Of(DistillationMethod.OnPolicy),
                true,
                [-0.17754, 0.17754, 0.23895, -0.23895, -0.04913, 0.04913],
                0
            },
            {
                "on-policy",
                Of(DistillationMethod.OnPolicy),
                false,
                [-0.17754, 0.17754, 0.18592, -0.18592, -0.09275, 0.09275],
                0.0702
            },
            { "n-distill", Of(DistillationMethod.NDistill), false, [-0.17859, 0.17859, 0.18592, -0.18592, -0.09275, 0.09275], 0 },
            {
                "expected, without what is paid",
                Of(DistillationMethod.ExpectedEntropyRegularized) with
                {
                    DiscountFactor = 0,
                    Weight = 0,
                },
                false,
                [-0.32578, 0.32578, 0.12672, -0.12672, -0.03502, 0.03502],
                0.0478
            },
            {
                "expected",
                Of(DistillationMethod.ExpectedEntropyRegularized),
                false,
                [-0.30432, 0.30432, 0.12672, -0.12672, -0.03502, 0.03502],
                0
            },
            {
                "entropy regularised",
                Of(DistillationMethod.EntropyRegularized),
                false,
                [-0.30432, 0.30432, 0.12672, -0.12672, -0.03502, 0.03502],
                0
            },
        };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gradient_OfEachVariant_IsThatOfThePaper(
        string name,
        DistillationSettings settings,
        bool teacherActs,
        double[] expected,
        double asymmetry
    )
    {
        double[] update = Update(settings, teacherActs, Student);

        Assert.All(expected.Zip(update), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        double found = Asymmetry(logits => Update(settings, teacherActs, logits));
        Assert.True(
            Math.Abs(found - asymmetry) < (asymmetry == 0 ? 1e-6 : 5e-5),
            $"{name}: the Jacobian differs from its transpose by {found}"
        );
    }

    [Fact]
    public void Gradient_WithTheStudentsEntropy_VanishesAtTheTeacherAlone()
    {
        foreach (
            DistillationMethod method in (DistillationMethod[])
                [DistillationMethod.ExpectedEntropyRegularized, DistillationMethod.EntropyRegularized]
        )
        {
            DistillationSettings divergence = Of(method) with { IncludeStudentEntropy = true };
            double[] atTeacher = [.. Teacher.SelectMany(row => row.Select(p => Math.Log(p)))];

            Assert.All(Update(divergence, false, atTeacher), number => Assert.Equal(0, number, 1e-6));
            Assert.Contains(Update(Of(method), false, atTeacher), number => Math.Abs(number) > 0.01);
            Assert.Equal(0, Asymmetry(logits => Update(divergence, false, logits)), 2e-6);
        }
    }

    /// <summary>A single action of A estimates the same update with a variance of about A times its square, its expectation with none (closed form).</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    public void Gradient_OfSingleActions_VariesWithTheirNumber(int actions)
    {
        var random = new Pcg64(3);
        double[] weights = [.. Enumerable.Range(0, actions).Select(_ => -Math.Log(1 - random.NextDouble()))];
        double[][] teacher =
        [
            [.. weights.Select(weight => weight / weights.Sum())],
        ];
        double mean = teacher[0].Average(p => Math.Log(p));
        var zeros = new double[actions];
        var sampled = new double[actions];
        double square = 0;
        for (int action = 0; action < actions; action++)
        {
            var one = new EnumeratedTrajectories(1, actions, [([0], [action], [0], 1)]);
            using DistillationStage stage = Stage(one, Of(DistillationMethod.EntropyRegularized), teacher);
            double advantage = one.Advantages(zeros, stage, 1, 1)[0];
            Assert.Equal(Math.Log(teacher[0][action]), advantage, 1e-5);
            // The policy gradient with the mean as its baseline: −(1[a] − p) (l_a − mean).
            for (int other = 0; other < actions; other++)
            {
                double part = -((other == action ? 1 : 0) - 1.0 / actions) * (advantage - mean);
                sampled[other] += part / actions;
                square += part * part / actions;
            }
        }
        var all = new EnumeratedTrajectories(1, actions, [([0], [0], [0], 1)]);
        DistillationSettings expectation = Of(DistillationMethod.ExpectedEntropyRegularized);
        using DistillationStage expected = Stage(all, expectation, teacher);
        double[] exact = all.Gradient(zeros, expected, expected.Objectives);

        Assert.All(exact.Zip(sampled), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        double norm = exact.Sum(number => number * number);
        double ratio = (square - norm) / norm;
        Assert.InRange(ratio, 0.3 * actions, 3 * actions);
    }

    [Fact]
    public void Correct_TeachersValuesAsShaping_PaysTheRewardsLessTheFirstValue()
    {
        EnumeratedTrajectories task = Task(teacherActs: false, Student, rewards: 1);
        using DistillationStage stage = Stage(
            task,
            new DistillationSettings
            {
                Method = DistillationMethod.None,
                TeacherValues = TeacherValueUse.Shaping,
                Critic = false,
            },
            Teacher,
            [0.7, 0.4, -0.2]
        );

        float[] advantages = task.Advantages(Student, stage, 1, 1);

        Assert.All(advantages[..4], advantage => Assert.Equal(2 - 0.7, advantage, 1e-5)); // two rewards of 1, less V of the first state
    }

    [Fact]
    public void Correct_BootstrappingFromATeacherOfOneStep_IsReinforce()
    {
        var task = new EnumeratedTrajectories(1, 2, [([0], [0], [3], 0.5), ([0], [1], [1], 0.5)]);
        using DistillationStage stage = Stage(
            task,
            new DistillationSettings { Method = DistillationMethod.None, TeacherValues = TeacherValueUse.Bootstrap },
            [
                [0.5, 0.5],
            ],
            [5]
        );

        Assert.Equal([3, 1], task.Advantages([0, 0], stage, 1, 1)); // nothing follows, whatever the teacher says
        Assert.Equal([2, 0], task.Advantages([0, 0], stage, 1, 1, values: [1])); // less the agent's own critic
    }

    [Fact]
    public void Correct_BootstrappingFromATeacher_LooksOneStepAhead()
    {
        EnumeratedTrajectories task = Task(teacherActs: false, Student, rewards: 1);
        using DistillationStage stage = Stage(
            task,
            new DistillationSettings { Method = DistillationMethod.None, TeacherValues = TeacherValueUse.Bootstrap },
            Teacher,
            [0, 10, 20]
        );

        // Copies (0, 0), (0, 1), (1, 0), (1, 1): the first action leads to state 1 or 2, worth 10 and 20; the second one ends.
        float[] expected = [6, 6, 11, 11, 1, 1, 1, 1];
        Assert.Equal(expected, task.Advantages(Student, stage, 0.5f, 0.9f));
        Assert.Equal(expected, task.Advantages(Student, stage, 0.5f, 0.9f, clips: new VTraceClips { WeighAdvantages = false }));
    }

    [Fact]
    public void Gradient_GatedByValues_IsThatOfStatesThatTheTeacherKnowsBetter()
    {
        EnumeratedTrajectories task = Task(teacherActs: false, Student);
        DistillationSettings gated = Of(DistillationMethod.OnPolicy) with { ValueGate = true };
        using DistillationStage stage = Stage(task, gated, Teacher, [1, -1, 1]);
        double[] update = task.Gradient(Student, stage, stage.Objectives);
        double[] whole = Update(Of(DistillationMethod.OnPolicy), false, Student);

        Assert.All(
            Enumerable.Range(0, 6),
            i => Assert.Equal(i is 2 or 3 ? 0 : whole[i], update[i], 1e-6) // state 1 is worth less to the teacher than 0
        );
    }

    /// <summary>What the gate closes is not paid for either, so that the rest is a gradient still.</summary>
    [Fact]
    public void Gradient_GatedByValues_OfAMethodThatPays_IsAGradient()
    {
        DistillationSettings gated = Of(DistillationMethod.NDistill) with { ValueGate = true };
        double[] Gated(double[] logits)
        {
            EnumeratedTrajectories task = Task(teacherActs: false, logits);
            using DistillationStage stage = Stage(task, gated, Teacher, [1, -1, 1]);
            return task.Gradient(logits, stage, stage.Objectives);
        }

        Assert.Equal(0, Gated(Student)[2], 1e-6);
        Assert.True(Math.Abs(Asymmetry(Gated)) < 1e-6, $"{Asymmetry(Gated)}");
        EnumeratedTrajectories closed = Task(teacherActs: false, Student);
        using DistillationStage never = Stage(closed, gated, Teacher, [-1, -1, -1]);
        Assert.All(closed.Gradient(Student, never, never.Objectives), number => Assert.Equal(0, number));
    }

    [Fact]
    public void Correct_RewardsBesideDistillation_AreInTheSumByTheirWeight()
    {
        EnumeratedTrajectories task = Task(teacherActs: false, Student, rewards: 1);
        float[] Advantages(float rewardWeight, DistillationMethod method)
        {
            using DistillationStage stage = Stage(task, Of(method) with { RewardWeight = rewardWeight }, Teacher);
            return task.Advantages(Student, stage, 1, 1);
        }
        float[] paid = Advantages(0, DistillationMethod.NDistill);
        float[] both = Advantages(0.5f, DistillationMethod.NDistill);

        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(paid[i] + 0.5f * (i < 4 ? 2 : 1), both[i], 1e-5f));
        Assert.All(Advantages(0, DistillationMethod.OnPolicy), advantage => Assert.Equal(0, advantage));
    }

    private static DistillationSettings Of(DistillationMethod method) =>
        new()
        {
            Method = method,
            IncludeStudentEntropy = false,
            RewardWeight = 0,
            DiscountFactor = 1,
            Critic = false,
        };

    private static double[] Update(DistillationSettings settings, bool teacherActs, double[] logits)
    {
        EnumeratedTrajectories task = Task(teacherActs, logits);
        // What is paid has the weight of the loss; without pay the loss alone is asked for, as the objective says it.
        bool isUnpaid = settings.Weight == 0;
        using DistillationStage stage = Stage(task, settings, Teacher);
        IEnumerable<Objective> objectives = stage.Objectives;
        if (isUnpaid)
        {
            using DistillationStage weighted = Stage(task, settings with { Weight = 1 }, Teacher);
            objectives = [.. weighted.Objectives];
        }
        return task.Gradient(logits, stage, objectives);
    }

    private static DistillationStage Stage(
        EnumeratedTrajectories task,
        DistillationSettings settings,
        double[][] teacher,
        double[]? values = null
    ) => new(settings, task.Table(teacher, values), task.Run(1));

    // From state 0 action 0 leads to 1 and action 1 to 2, where one more action ends it.
    private static EnumeratedTrajectories Task(bool teacherActs, double[] logits, float rewards = 0)
    {
        var trajectories = new List<(int[], int[], float[], double)>();
        for (int first = 0; first < 2; first++)
        {
            for (int second = 0; second < 2; second++)
            {
                double probability = Of(0, first) * Of(1 + first, second);
                trajectories.Add(([0, 1 + first], [first, second], [rewards, rewards], probability));
            }
        }
        return new EnumeratedTrajectories(3, 2, trajectories);

        double Of(int state, int action) =>
            teacherActs
                ? Teacher[state][action]
                : 1 / (1 + Math.Exp(logits[2 * state + 1 - action] - logits[2 * state + action]));
    }

    // max |J − Jᵀ| by differences of seventh order, whose error in float32 stays below a millionth.
    private static double Asymmetry(Func<double[], double[]> update)
    {
        const double step = 0.2;
        double[] weights = [3.0 / 4, -3.0 / 20, 1.0 / 60];
        int size = Student.Length;
        var jacobian = new double[size, size];
        for (int j = 0; j < size; j++)
        {
            for (int k = 1; k <= weights.Length; k++)
            {
                double[] up = update(Moved(j, k * step));
                double[] down = update(Moved(j, -k * step));
                for (int i = 0; i < size; i++)
                {
                    jacobian[i, j] += weights[k - 1] * (up[i] - down[i]) / step;
                }
            }
        }
        double largest = 0;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < i; j++)
            {
                largest = Math.Max(largest, Math.Abs(jacobian[i, j] - jacobian[j, i]));
            }
        }
        return largest;
    }

    private static double[] Moved(int index, double by)
    {
        double[] moved = [.. Student];
        moved[index] += by;
        return moved;
    }
}
