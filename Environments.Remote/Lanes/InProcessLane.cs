using System.Runtime.InteropServices;
using Environments.Naming;
using Protos.Bridge;
using Python.Runtime;

namespace Environments.Remote;

/// <summary>Copies in the Python of this process. Python writes straight into the arrays of the results; a step is one call.</summary>
/// <remarks>A step that hangs cannot be stopped here, and an environment that crashes takes this process with it.</remarks>
internal sealed class InProcessLane : IBatchLane
{
    private readonly RemoteId _id;
    private readonly PyObject _lane;
    private readonly PyObject _step;
    private readonly PyObject _yes = true.ToPython();
    private readonly PyObject _no = false.ToPython();
    private readonly double[] _seconds = new double[1];
    private readonly float[] _actions;
    private readonly byte[] _active;
    private readonly byte[] _rows; // observations and final observations where they are bytes
    private readonly List<GCHandle> _pins = [];
    private bool _disposed;

    private InProcessLane(
        RemoteId id,
        PyObject lane,
        Description description,
        EnvironmentSpec? spec,
        int copies,
        StepResults? results
    )
    {
        _id = id;
        _lane = lane;
        _step = lane.GetAttr("step");
        Description = description;
        Spaces.Space observations = spec?.ObservationSpace ?? WireSpaces.Read(description.ObservationSpace);
        Spaces.Space actions = spec?.ActionSpace ?? WireSpaces.Read(description.ActionSpace);
        Results = results ?? new StepResults(copies, observations.Size, description.ByteObservations);
        _actions = new float[copies * actions.Size];
        _active = new byte[copies];
        _rows = new byte[Results.AreBytes ? 2 * copies * Results.Size : 0];
        long rows = Results.AreBytes ? Pin(_rows) : 0;
        long[] addresses =
        [
            Pin(_seconds),
            Pin(_actions),
            Pin(_active),
            Pin(Results.Rewards),
            Pin(Results.Terminated),
            Pin(Results.Truncated),
            Results.AreBytes ? rows : Pin(Results.Observations),
            Results.AreBytes ? rows + copies * Results.Size : Pin(Results.FinalObservations),
        ];
        PyObject[] arguments = [.. addresses.Select(address => (PyObject)new PyInt(address))];
        lane.InvokeMethod("attach", arguments).Dispose();
    }

    /// <inheritdoc/>
    public StepResults Results { get; }

    /// <summary>What Python says about the environment.</summary>
    public Description Description { get; }

    /// <summary>Opens copies.</summary>
    /// <param name="id">Which environment.</param>
    /// <param name="settings">This machine's.</param>
    /// <param name="spec">Spaces that they must have; null to take what comes.</param>
    /// <param name="copies">B.</param>
    /// <param name="maxEpisodeSteps">Limit; 0 for the environment's own.</param>
    /// <param name="results">Arrays to use again; null for new ones.</param>
    /// <exception cref="NotSupportedException">There is no Python that can be loaded, or a package is missing.</exception>
    public static InProcessLane Open(
        RemoteId id,
        RemoteSettings settings,
        EnvironmentSpec? spec,
        int copies,
        int maxEpisodeSteps,
        StepResults? results
    )
    {
        InProcessPython.Start(settings);
        try
        {
            return OpenHere(id, spec, copies, maxEpisodeSteps, results);
        }
        catch (PythonException exception)
        {
            throw new NotSupportedException(
                $"{id.Text}: the bridge does not work in this Python: {exception.Message}",
                exception
            );
        }
    }

    private static InProcessLane OpenHere(
        RemoteId id,
        EnvironmentSpec? spec,
        int copies,
        int maxEpisodeSteps,
        StepResults? results
    )
    {
        using (Py.GIL())
        {
            using PyObject module = Py.Import("agents_bridge.inprocess");
            using var wrappers = new PyList();
            foreach (string wrapper in id.Wrappers)
            {
                using var text = new PyString(wrapper);
                wrappers.Append(text);
            }
            PyObject lane = module.InvokeMethod(
                "Lane",
                new PyString(id.Name),
                new PyString(id.ArgumentsJson),
                wrappers,
                new PyInt(copies),
                new PyInt(maxEpisodeSteps)
            );
            ThrowFailure(id, lane);
            Description description = Description.Parser.ParseFrom(BytesOf(lane.InvokeMethod("describe")));
            if (
                spec is not null
                && (
                    WireSpaces.Read(description.ObservationSpace) != spec.ObservationSpace
                    || WireSpaces.Read(description.ActionSpace) != spec.ActionSpace
                )
            )
            {
                throw new InvalidDataException($"{id.Text} has other spaces than it had before. Start again.");
            }
            return new InProcessLane(id, lane, description, spec, copies, results);
        }
    }

    /// <inheritdoc/>
    public void Reset(ulong seed)
    {
        Results.FinalInfos.Clear();
        Results.FinalPictures.Clear();
        using (Py.GIL())
        {
            using var number = new PyInt(seed);
            using PyObject ended = _lane.InvokeMethod("reset", number);
            if (ended.As<int>() < 0)
            {
                ThrowFailure(_id, _lane);
            }
        }
        Widen(0);
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active, bool finalPictures)
    {
        actions.CopyTo(_actions);
        MemoryMarshal.AsBytes(active).CopyTo(_active);
        int count;
        Results.FinalInfos.Clear();
        Results.FinalPictures.Clear();
        using (Py.GIL())
        {
            using PyObject ended = _step.Invoke(active.IsEmpty ? _no : _yes, finalPictures ? _yes : _no);
            count = ended.As<int>();
            if (count < 0)
            {
                ThrowFailure(_id, _lane);
            }
            Results.ServerSeconds = _seconds[0];
            if (count > 0)
            {
                Protos.Bridge.Results message = Protos.Bridge.Results.Parser.ParseFrom(BytesOf(_lane.InvokeMethod("ended")));
                Results.FinalInfos.AddRange(message.FinalInfos);
                Results.FinalPictures.AddRange(message.FinalPictures);
            }
        }
        Widen(count);
    }

    /// <inheritdoc/>
    public Picture Render(int copy)
    {
        using (Py.GIL())
        {
            using var number = new PyInt(copy);
            PyObject picture = _lane.InvokeMethod("render", number);
            ThrowFailure(_id, _lane);
            return Picture.Parser.ParseFrom(BytesOf(picture));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        using (Py.GIL())
        {
            _lane.InvokeMethod("close").Dispose();
            foreach (PyObject held in (PyObject[])[_step, _lane, _yes, _no])
            {
                held.Dispose();
            }
        }
        foreach (GCHandle pin in _pins)
        {
            pin.Free();
        }
    }

    private static void ThrowFailure(RemoteId id, PyObject lane)
    {
        using PyObject failure = lane.GetAttr("failure");
        if (!failure.IsNone())
        {
            throw Failures.Of(id.Text, Failure.Parser.ParseFrom(failure.As<byte[]>()));
        }
    }

    private static byte[] BytesOf(PyObject bytes)
    {
        using (bytes)
        {
            return bytes.As<byte[]>();
        }
    }

    private void Widen(int ended)
    {
        if (!Results.AreBytes)
        {
            return;
        }
        int length = Results.Copies * Results.Size;
        RowCopy.Read(_rows.AsSpan(0, length), areBytes: true, Results.Observations);
        for (int i = 0; i < Results.Copies && ended > 0; i++)
        {
            if (Results.HasEnded(i))
            {
                int first = i * Results.Size;
                RowCopy.Read(
                    _rows.AsSpan(length + first, Results.Size),
                    areBytes: true,
                    Results.FinalObservations.AsSpan(first, Results.Size)
                );
            }
        }
    }

    private long Pin(Array array)
    {
        GCHandle pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        _pins.Add(pin);
        return pin.AddrOfPinnedObject();
    }
}
