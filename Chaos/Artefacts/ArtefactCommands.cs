namespace Chaos.Artefacts;

/// <summary>What a user would type at a stranger's artefact.</summary>
/// <param name="Arguments">The command line.</param>
/// <param name="EndsWhen">Text on standard error after which it is asked to end; empty to ask at once, null to let it end by itself.</param>
internal sealed record ArtefactCommands(string[] Arguments, string? EndsWhen = null)
{
    private const string AtOnce = "";

    /// <summary>One of the commands that take an artefact of a kind.</summary>
    public static ArtefactCommands For(ArtefactKind kind, string run, Mutator mutator)
    {
        return kind switch
        {
            ArtefactKind.Policy => mutator.Next(8) switch
            {
                0 => new(["inspect", run]),
                1 => new(["inspect", Path.Combine(run, "policy.safetensors"), "--json"]),
                2 => new(["inspect", run, "--attention", Path.Combine(run, "attention.png")]),
                3 => new(["record", run, "--out", Path.Combine(run, mutator.Pick(["film.png", "film.mp4"]))]),
                4 => new(["serve", run, "--listen", "http://127.0.0.1:0"], "Serving"),
                _ => new(["evaluate", run, "--episodes", "1", "--seed", "1"]),
            },
            ArtefactKind.Config => new(
                [
                    mutator.Pick(["train", "train", "learner"]),
                    "--config",
                    Path.Combine(run, "config.yaml"),
                    "--out",
                    Path.Combine(run, "out"),
                    .. mutator.Next(2) == 0 ? (string[])[] : ["--set", "checkpoints.keep=1"],
                ],
                AtOnce
            ),
            ArtefactKind.State => mutator.Next(8) switch
            {
                0 => new(["inspect", ArtefactSamples.NewestCheckpoint(run)]),
                1 => new(["inspect", run]),
                _ => new(["train", "--resume", run, "--steps", "512"]),
            },
            ArtefactKind.Manifest => mutator.Next(4) switch
            {
                0 => new(["inspect", run]),
                _ => new(["train", "--resume", run, "--steps", "512"]),
            },
            ArtefactKind.Journal => mutator.Next(4) switch
            {
                0 => new(["inspect", Path.Combine(run, "journal")]),
                _ => new(
                    ["learner", "--resume", run, "--steps", "100000", "--listen", "unix:" + Path.Combine(run, "s")],
                    "Waiting for actors"
                ),
            },
            ArtefactKind.Claim => new(
                ["reproduce", Path.Combine(run, "claim.yaml"), "--out", Path.Combine(run, "out"), "--jobs", "1"],
                AtOnce
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }
}
