namespace Learners.Evaluation;

/// <summary>How a student does beside its teacher.</summary>
public sealed record StudentReport
{
    /// <summary>Scores of the teacher, which acted as it did in training.</summary>
    public required EvaluationResult Teacher { get; init; }

    /// <summary>Scores of the student, which acted as it did in training, in episodes of the same seeds.</summary>
    public required EvaluationResult Student { get; init; }

    /// <summary>Numbers that training adjusted in the teacher.</summary>
    public required int TeacherParameters { get; init; }

    /// <summary>Numbers that training adjusted in the student.</summary>
    public required int StudentParameters { get; init; }

    /// <summary>Median time that the teacher takes to act for one row, microseconds.</summary>
    public required double TeacherMicroseconds { get; init; }

    /// <summary>Median time that the student takes to act for one row, microseconds.</summary>
    public required double StudentMicroseconds { get; init; }

    /// <summary>Steps of the student's episodes in which both were asked.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean KL(teacher ‖ student) over those steps, in nats.</summary>
    public required double Divergence { get; init; }

    /// <summary>Share of those steps in which both think the same action most probable, 0 to 1; null where actions are real numbers.</summary>
    public double? Agreement { get; init; }
}
