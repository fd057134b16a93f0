using System.Runtime.ExceptionServices;

namespace Actors;

/// <summary>Some of an actor's environment copies, stepped on the caller's thread or on one of their own. Owns its pipeline and thread.</summary>
internal sealed class EnvironmentPart : IDisposable
{
    private readonly float[] _actions;
    private readonly SemaphoreSlim? _begun; // null where the caller's thread steps
    private readonly SemaphoreSlim? _done;
    private readonly Thread? _thread;
    private ExceptionDispatchInfo? _failure;
    private bool _isStepping;
    private volatile bool _disposed;

    /// <summary>A part at rest.</summary>
    /// <param name="pipeline">Its copies and layers; owned from here on.</param>
    /// <param name="first">Number of its first copy among all copies.</param>
    /// <param name="ownThread">Whether <see cref="Begin"/> returns while the step goes on.</param>
    public EnvironmentPart(EnvironmentPipeline pipeline, int first, bool ownThread)
    {
        Pipeline = pipeline;
        First = first;
        _actions = new float[Count * pipeline.Environment.Spec.ActionSpace.Size];
        if (ownThread)
        {
            _begun = new SemaphoreSlim(0);
            _done = new SemaphoreSlim(0);
            _thread = new Thread(Work) { IsBackground = true, Name = $"{pipeline.Environment.Spec.Id} {first}" };
            _thread.Start();
        }
    }

    /// <summary>Copies and layers; untouched by others while a step goes on.</summary>
    public EnvironmentPipeline Pipeline { get; }

    /// <summary>Number of the first copy among all copies.</summary>
    public int First { get; }

    /// <summary>Copies here.</summary>
    public int Count => Pipeline.Environment.Count;

    /// <summary>Steps every copy; without a thread of its own the step is over when this returns.</summary>
    /// <param name="actions">One action per copy here, <c>[Count, ActionSize]</c>.</param>
    public void Begin(ReadOnlySpan<float> actions)
    {
        if (_begun is null)
        {
            Pipeline.Environment.Step(actions);
            return;
        }
        ObjectDisposedException.ThrowIf(_disposed, this);
        actions.CopyTo(_actions);
        _isStepping = true;
        _begun.Release();
    }

    /// <summary>Waits until the step is over, and throws what it threw.</summary>
    public void End()
    {
        if (_isStepping)
        {
            _done!.Wait();
            _isStepping = false;
            _failure?.Throw();
        }
    }

    /// <summary>Waits for a step that goes on, whatever becomes of it, and ends the thread.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        Pipeline.Environment.Interrupt(); // nobody wants what a step that still goes on will give
        if (_thread is not null)
        {
            _begun!.Release();
            _thread.Join();
            _begun.Dispose();
            _done!.Dispose();
        }
        Pipeline.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _begun!.Wait();
            if (_disposed)
            {
                return;
            }
            try
            {
                Pipeline.Environment.Step(_actions);
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception); // the caller's to handle: it asked for the step
            }
            _done!.Release();
        }
    }
}
