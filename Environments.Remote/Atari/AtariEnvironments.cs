using System.Globalization;
using System.Text.Json.Nodes;
using Environments.Atari;
using Environments.Naming;
using Environments.Spaces;

namespace Environments.Remote.Atari;

/// <summary>Makes <c>ALE/Pong-v5</c> and the other games: the emulator runs in a Python process of its own (packages gymnasium and ale-py).</summary>
/// <remarks>
/// A step is four frames of one action; the observation is the maximum of the last two screens in 84 × 84 grey levels, one frame, for
/// <c>wrappers.frame_stack</c> to stack. Defaults are those of Machado et al. 2018: the previous action sticks with probability 0.25, no life loss, whole games,
/// 108,000 frames at most. The emulator is GPL-2 and no part of this library; neither are games.
/// </remarks>
internal static class AtariEnvironments
{
    private const int MaxFrames = 108_000;
    private const int Side = 84;
    private const int FramesPerSecond = 60;

    private static readonly Box Screen = new(0, 255, Side, Side, 1) { ElementType = ElementType.UInt8 };

    private static readonly EnvironmentOption[] Options =
    [
        EnvironmentOption.Integer("frame_skip", 4, 1, 60, "Frames per action."),
        EnvironmentOption.Number("sticky", 0.25, 0, 1, "Probability that a frame repeats the previous action."),
        EnvironmentOption.Integer(
            "noop_max",
            30,
            0,
            1_000,
            "Bound of the no-ops at the start of a game; each number below it is as likely."
        ),
        EnvironmentOption.Word("fire_reset", Switch.Off, "Whether the fire button is pressed at the start of a game."),
        EnvironmentOption.Word("life_loss", Switch.Off, "Whether a lost life ends the episode, while the game goes on."),
        EnvironmentOption.Word("full_actions", Switch.Off, "Whether all 18 actions are offered instead of the game's own."),
        EnvironmentOption.Integer("mode", -1, -1, 255, "Mode of the game; -1 for its default."),
        EnvironmentOption.Integer("difficulty", -1, -1, 3, "Difficulty of the game; -1 for its default."),
        EnvironmentOption.Word("lane", ObservationLane.Auto, "How frames come over from Python."),
        EnvironmentOption.Integer("timeout", RemoteId.DefaultTimeout, 1, 86_400, "Seconds that a step may take."),
    ];

    /// <summary>The specification of an id, known without asking Python, and how to make a batch of it.</summary>
    /// <exception cref="UnknownNameException">An option is unknown.</exception>
    /// <exception cref="InvalidOptionException">A value is not possible.</exception>
    public static (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) Resolve(string id)
    {
        (EnvironmentSpec spec, RemoteId remote, int rate) = Describe(id);
        return (spec, (count, limit) => RemoteEnvironments.Make(remote, RemoteSettings.Current, spec, rate, count, limit));
    }

    /// <summary>A batch in a Python of given settings.</summary>
    public static RemoteEnvironment Make(string id, RemoteSettings settings, int count)
    {
        (EnvironmentSpec spec, RemoteId remote, int rate) = Describe(id);
        return RemoteEnvironments.Make(remote, settings, spec, rate, count, spec.MaxEpisodeSteps);
    }

    private static (EnvironmentSpec Spec, RemoteId Remote, int FramesPerSecond) Describe(string id)
    {
        AtariGame game = AtariGames.Find(id)!;
        (string canonical, EnvironmentOptions values) = EnvironmentId.Resolve(id, Options);
        int skip = values.Integer("frame_skip");
        bool full = IsOn(values, "full_actions");
        var spec = new EnvironmentSpec(canonical, Screen, new Discrete(full ? AtariGame.AllActions : game.ActionCount))
        {
            MaxEpisodeSteps = (MaxFrames + skip - 1) / skip, // the last one may be shorter
            RandomReturn = game.RandomScore,
            StepsElsewhere = values.Word<ObservationLane>("lane") != ObservationLane.InProcess,
            Options = Options,
            ActionNames = full ? AtariGame.AllActionNames : game.ActionNames,
            Description = $"The Atari 2600 game {game.Name}, emulated in Python by ale-py.",
        };
        RemoteId remote = RemoteId.ForChild(
            canonical,
            game.Id,
            values.Word<ObservationLane>("lane"),
            TimeSpan.FromSeconds(values.Integer("timeout"))
        ) with
        {
            ArgumentsJson = Arguments(values, full),
            Wrappers = [Wrapper(values, skip)],
        };
        return (spec, remote, FramesPerSecond / skip);
    }

    private static string Arguments(EnvironmentOptions values, bool full)
    {
        var arguments = new JsonObject
        {
            ["obs_type"] = "grayscale",
            ["frameskip"] = 1,
            ["repeat_action_probability"] = values.Number("sticky"),
            ["full_action_space"] = full,
            ["max_num_frames_per_episode"] = MaxFrames,
        };
        foreach (string name in (string[])["mode", "difficulty"])
        {
            if (values.Integer(name) >= 0)
            {
                arguments[name] = values.Integer(name);
            }
        }
        return arguments.ToJsonString();
    }

    private static string Wrapper(EnvironmentOptions values, int skip) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"atari?frame_skip={skip};size={Side};noop_max={values.Integer("noop_max")};fire_reset={Json(values, "fire_reset")};life_loss={Json(values, "life_loss")};max_frames={MaxFrames}"
        );

    private static bool IsOn(EnvironmentOptions values, string name) => values.Word<Switch>(name) == Switch.On;

    private static string Json(EnvironmentOptions values, string name) => IsOn(values, name) ? "true" : "false";
}
