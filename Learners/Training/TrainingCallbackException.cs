namespace Learners.Training;

/// <summary>A callback of <see cref="TrainingOptions"/> threw an exception, which ended the run. What was learned until then is saved.</summary>
public sealed class TrainingCallbackException : Exception
{
    internal TrainingCallbackException(string callback, long steps, string saved, Exception cause)
        : base(
            $"{callback} failed at step {steps}: {cause.Message.TrimEnd('.')}. The run ended there; {saved} Correct the callback.",
            cause
        ) => Callback = callback;

    /// <summary>Which callback it was, such as <c>OnUpdate</c>.</summary>
    public string Callback { get; }

    /// <summary>What the run left behind, the policy included.</summary>
    public TrainingResult? Result { get; internal set; }
}
