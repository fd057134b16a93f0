using System.Diagnostics;
using System.Runtime.InteropServices;
using Environments;
using Environments.Remote;
using Environments.Spaces;
using Environments.Wrappers;
using Google.Protobuf;
using Protos;
using Protos.Bridge;
using SkiaSharp;

namespace Fleet.Serving;

/// <summary>A client's copies: requests in, replies out. Owns the batch; not thread-safe.</summary>
internal sealed class ServedBatch : IDisposable
{
    private readonly IBatchedEnvironment _environment;
    private readonly bool _areBytes;
    private readonly List<Picture> _finalPictures = [];

    /// <summary>Serves a batch.</summary>
    public ServedBatch(IBatchedEnvironment environment)
    {
        _environment = new ValueCheck(environment);
        _areBytes = IsBytes(environment.Spec);
        Description = Describe(environment.Spec, environment.Rendering?.FramesPerSecond ?? 0);
    }

    /// <summary>What it looks like.</summary>
    public Description Description { get; }

    /// <summary>An environment as a message.</summary>
    public static Description Describe(EnvironmentSpec spec, int rate)
    {
        var description = new Description
        {
            ObservationSpace = WireSpaces.Write(spec.ObservationSpace),
            ActionSpace = WireSpaces.Write(spec.ActionSpace),
            MaxEpisodeSteps = (uint)(spec.MaxEpisodeSteps ?? 0),
            ByteObservations = IsBytes(spec),
            RenderFramesPerSecond = (uint)rate,
            Name = spec.Id,
        };
        if (spec.RewardThreshold is { } threshold)
        {
            description.RewardThreshold = threshold;
        }
        return description;
    }

    /// <summary>Does what is asked.</summary>
    /// <exception cref="ArgumentException">It makes no sense.</exception>
    public SessionReply Answer(SessionRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        _finalPictures.Clear();
        switch (request.RequestCase)
        {
            case SessionRequest.RequestOneofCase.Reset:
                if (request.Reset.OptionsJson.Length > 0)
                {
                    throw new ArgumentException($"{_environment.Spec.Id} has no options of a reset.");
                }
                _environment.Reset(request.Reset.Seed);
                return Results(start);
            case SessionRequest.RequestOneofCase.Step:
                Step(request.Step);
                return Results(start);
            case SessionRequest.RequestOneofCase.Render:
                return new SessionReply { Picture = Draw((int)Math.Min(request.Render.Copy, int.MaxValue)) };
            default:
                throw new ArgumentException("The request is empty, another Open, or newer than this server.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _environment.Dispose();

    private static bool IsBytes(EnvironmentSpec spec) =>
        spec.ObservationSpace is Environments.Spaces.Box { ElementType: ElementType.UInt8 };

    private void Step(Step step)
    {
        if (step.Actions.Length % sizeof(float) != 0 || (step.Active.Length > 0 && step.Active.Length != _environment.Count))
        {
            throw new ArgumentException($"{step.Actions.Length} bytes of actions and {step.Active.Length} flags were sent.");
        }
        ReadOnlySpan<float> actions = MemoryMarshal.Cast<byte, float>(step.Actions.Span);
        _environment.EpisodeEnding = step.FinalPictures ? copy => _finalPictures.Add(Draw(copy)) : null;
        if (step.Active.Length == 0)
        {
            _environment.Step(actions);
            return;
        }
        var active = new bool[_environment.Count];
        RowCopy.ReadFlags(step.Active.Span, active);
        _environment.StepSome(actions, active);
    }

    private SessionReply Results(long start)
    {
        int size = _environment.Spec.ObservationSpace.Size;
        var ended = new List<byte>();
        for (int i = 0; i < _environment.Count; i++)
        {
            if (_environment.Terminated[i] | _environment.Truncated[i])
            {
                ended.AddRange(Rows(_environment.FinalObservations.Slice(i * size, size)));
            }
        }
        var results = new Protos.Bridge.Results
        {
            Observations = ByteString.CopyFrom(Rows(_environment.Observations)),
            Rewards = ByteString.CopyFrom(MemoryMarshal.AsBytes(_environment.Rewards)),
            Terminated = ByteString.CopyFrom(MemoryMarshal.AsBytes(_environment.Terminated)),
            Truncated = ByteString.CopyFrom(MemoryMarshal.AsBytes(_environment.Truncated)),
            FinalObservations = ByteString.CopyFrom([.. ended]),
            ServerSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        results.FinalPictures.AddRange(_finalPictures);
        return new SessionReply { Results = results };
    }

    private byte[] Rows(ReadOnlySpan<float> rows)
    {
        if (!_areBytes)
        {
            return MemoryMarshal.AsBytes(rows).ToArray();
        }
        var bytes = new byte[rows.Length];
        ByteRows.Narrow(rows, bytes); // which the value check has looked at
        return bytes;
    }

    private Picture Draw(int copy)
    {
        if (_environment.Rendering is not { } rendering || copy >= _environment.Count)
        {
            throw new ArgumentException(
                $"{_environment.Spec.Id} has {_environment.Count} copies and {(_environment.Rendering is null ? "no " : "")}pictures."
            );
        }
        var info = new SKImageInfo(rendering.Size.Width, rendering.Size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var bitmap = new SKBitmap(info);
        using var canvas = new SKCanvas(bitmap);
        _environment.Render(copy, canvas);
        canvas.Flush();
        ReadOnlySpan<byte> pixels = bitmap.GetPixelSpan();
        var rgb = new byte[info.Width * info.Height * 3];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            pixels.Slice(from, 3).CopyTo(rgb.AsSpan(to));
        }
        return new Picture
        {
            Copy = (uint)copy,
            Width = (uint)info.Width,
            Height = (uint)info.Height,
            Rgb = UnsafeByteOperations.UnsafeWrap(rgb),
        };
    }
}
