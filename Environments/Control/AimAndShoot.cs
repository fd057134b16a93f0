using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.State;
using SkiaSharp;

namespace Environments.Control;

/// <summary>Turn to a target, walk up to it and fire; how exactly one can aim depends on how many actions there are.</summary>
/// <remarks>
/// A small task for curricula over action spaces (after Czarnecki et al. 2018, arXiv 1806.01780, who use DeepMind Lab). The target is at a yaw error e in degrees, a pitch error p and a
/// distance d of 0 to 4 steps; e, p and d begin uniformly within ±90, ±12 and 0 to 4.
/// <code>
/// action  yaw {−60, −20, −5, 0, 5, 20, 60}, pitch {−8, 0, 8}, strafe {left, none, right}, move {back, none, forward}, fire {no, yes}, jump {no, yes}
/// e ← e − yaw;  p ← p − pitch;  d ← d − move;  strafing does nothing, and a jump costs 0.02
/// firing with |e| below 12, |p| below 14 and d at most 1 ends the episode and pays 0.3 + 0.7 exp(−(e/6)²) exp(−(p/6)²)
/// </code>
/// e stays within ±90, p within ±20 and d within 0 to 4. The episode ends after 20 steps. Observation
/// <c>[e/90, e/10 within ±2, p/12, d/5, d is 0, step/20]</c>. Actions are the 756 combinations, as six components or as one number whose last component runs fastest, or nine of them: forward,
/// backward, strafe left and right, look left and right, both with a step forward, fire. The nine turn by 20 degrees only and cannot pitch.
/// </remarks>
public struct AimAndShoot : IEnvironment, IRenderedEnvironment, ISavableEnvironment
{
    private const int Limit = 20;
    private const float WidestYaw = 90;
    private const float WidestPitch = 20;
    private const float StartPitch = 12;
    private const int Farthest = 4;
    private const float JumpCost = 0.02f;
    private const int Components = 6;
    private const int PictureSize = 360;

    private static readonly int[] Counts = [7, 3, 3, 3, 2, 2];
    private static readonly float[] Yaws = [-60, -20, -5, 0, 5, 20, 60];

    // Yaw, pitch, strafe, move, fire and jump of the nine.
    private static readonly byte[][] Few =
    [
        [3, 1, 1, 2, 0, 0],
        [3, 1, 1, 0, 0, 0],
        [3, 1, 0, 1, 0, 0],
        [3, 1, 2, 1, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [5, 1, 1, 1, 0, 0],
        [1, 1, 1, 2, 0, 0],
        [5, 1, 1, 2, 0, 0],
        [3, 1, 1, 1, 1, 0],
    ];

    private static readonly Space[] Spaces = [new Discrete(Few.Length), new Discrete(756), new MultiDiscrete(Counts)];

    private readonly AimActions _actions;
    private float _yaw;
    private float _pitch;
    private int _distance;
    private int _time;
    private bool _fired;

    /// <summary>A task.</summary>
    /// <param name="actions">Which actions there are.</param>
    public AimAndShoot(AimActions actions)
    {
        _actions = actions;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace =>
        new Box([-1, -2, -WidestPitch / StartPitch, 0, 0, 0], [1, 2, WidestPitch / StartPitch, 1, 1, 1]);

    /// <inheritdoc/>
    public readonly Space ActionSpace => Spaces[(int)_actions];

    /// <summary>The nine actions, each as its six components.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> FewActions { get; } =
    [.. Few.Select(action => action.Select(digit => (int)digit).ToArray())];

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _yaw = WidestYaw * (2 * (float)random.NextDouble() - 1);
        _pitch = StartPitch * (2 * (float)random.NextDouble() - 1);
        _distance = random.NextInt(0, Farthest + 1);
        _time = 0;
        _fired = false;
        Observe(observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        Span<int> parts = stackalloc int[Components];
        Read(action, parts);
        _yaw = Math.Clamp(_yaw - Yaws[parts[0]], -WidestYaw, WidestYaw);
        _pitch = Math.Clamp(_pitch - 8 * (parts[1] - 1), -WidestPitch, WidestPitch);
        _distance = Math.Clamp(_distance - (parts[3] - 1), 0, Farthest);
        _fired = parts[4] == 1;
        _time++;
        float reward = parts[5] == 1 ? -JumpCost : 0;
        bool hits = _fired && MathF.Abs(_yaw) < 12 && MathF.Abs(_pitch) < 14 && _distance <= 1;
        if (hits)
        {
            reward += 0.3f + 0.7f * MathF.Exp(-(_yaw / 6 * (_yaw / 6)) - _pitch / 6 * (_pitch / 6));
        }
        Observe(observation);
        return new StepResult(reward, hits || _time == Limit);
    }

    /// <inheritdoc/>
    public readonly void SaveState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("yaw", _yaw);
        state.Set("pitch", _pitch);
        state.Set("distance", _distance);
        state.Set("time", _time);
        state.Set("fired", _fired);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _yaw = state.Get<float>("yaw");
        _pitch = state.Get<float>("pitch");
        _distance = state.Get<int>("distance");
        _time = state.Get<int>("time");
        _fired = state.Get<bool>("fired");
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(PictureSize, PictureSize);

    /// <inheritdoc/>
    public readonly int FramesPerSecond => 4;

    /// <summary>The view through the sight: the target by its errors and larger the nearer it is, and the steps that are left.</summary>
    /// <param name="canvas">Destination.</param>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        const float middle = PictureSize / 2f;
        const float perDegree = middle / (WidestYaw + 10);
        using var paint = new SKPaint { IsAntialias = true, Color = new SKColor(214, 226, 238) };
        canvas.Clear(new SKColor(236, 238, 240));
        canvas.DrawRect(0, 0, PictureSize, middle, paint);
        float radius = 34 - 6 * _distance;
        var target = new SKPoint(middle + _yaw * perDegree, middle - _pitch * perDegree * 3);
        foreach (
            (float share, SKColor colour) in ((float, SKColor)[])
                [(1, new(196, 60, 52)), (0.66f, SKColors.White), (0.33f, new(196, 60, 52))]
        )
        {
            paint.Color = colour;
            canvas.DrawCircle(target, radius * share, paint);
        }
        paint.Color = _fired ? new SKColor(240, 150, 20) : new SKColor(40, 44, 52);
        paint.StrokeWidth = _fired ? 4 : 2;
        canvas.DrawLine(middle - 24, middle, middle + 24, middle, paint);
        canvas.DrawLine(middle, middle - 24, middle, middle + 24, paint);
        paint.Color = new SKColor(70, 110, 160);
        canvas.DrawRect(0, PictureSize - 8, PictureSize * (Limit - _time) / (float)Limit, 8, paint);
    }

    private readonly void Read(ReadOnlySpan<float> action, Span<int> parts)
    {
        switch (_actions)
        {
            case AimActions.Few:
                for (int i = 0; i < Components; i++)
                {
                    parts[i] = Few[(int)action[0]][i];
                }
                break;
            case AimActions.Joint:
                int index = (int)action[0];
                for (int i = Components - 1; i >= 0; i--)
                {
                    (index, parts[i]) = Math.DivRem(index, Counts[i]);
                }
                break;
            case AimActions.Factored:
                for (int i = 0; i < Components; i++)
                {
                    parts[i] = (int)action[i];
                }
                break;
            default:
                throw new SwitchExpressionException(_actions);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Observe(Span<float> observation)
    {
        observation[5] = _time / (float)Limit;
        observation[0] = _yaw / WidestYaw;
        observation[1] = Math.Clamp(_yaw / 10, -2, 2);
        observation[2] = _pitch / StartPitch;
        observation[3] = _distance / 5f;
        observation[4] = _distance == 0 ? 1 : 0;
    }
}

/// <summary>Which actions an <see cref="AimAndShoot"/> has.</summary>
public enum AimActions
{
    /// <summary>Nine of them.</summary>
    Few,

    /// <summary>All 756 as one choice.</summary>
    Joint,

    /// <summary>All 756 as six independent components.</summary>
    Factored,
}
