using Fleet.Hosting;
using Learners.Composition;
using Learners.Skills;
using Learners.Training;
using Protos.Fleet;

namespace Fleet;

/// <summary>Trains each skill of a discovery from the unrolls of remote actors, which wait from one skill for the next and end after the last.</summary>
/// <param name="fleet">Where to listen; the address is the same for all skills.</param>
public sealed class FleetSkillRuns(FleetOptions fleet) : ISkillRuns
{
    private readonly FleetOptions _fleet = FleetAddress.Parse(fleet.Listen) is not { SocketPath: null, Port: 0 }
        ? fleet
        : throw new ArgumentException(
            $"Actors look for the learner of each skill at the same address, and '{fleet.Listen}' leaves the port to the system. Choose one, such as {new FleetOptions().Listen}."
        );

    /// <inheritdoc/>
    public void Require(TrainingSettings settings) => FleetLearner.RequireFleet(settings);

    /// <inheritdoc/>
    public Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions options,
        bool isLast,
        CancellationToken cancellationToken
    ) => FleetLearner.TrainAsync(settings, For(isLast), options, cancellationToken);

    /// <inheritdoc/>
    public Task<TrainingResult> ResumeAsync(
        string folder,
        TrainingOptions options,
        bool isLast,
        CancellationToken cancellationToken
    ) => FleetLearner.ResumeAsync(folder, [], For(isLast), options, cancellationToken);

    private FleetOptions For(bool isLast) => _fleet with { AnotherRunFollows = !isLast };
}
