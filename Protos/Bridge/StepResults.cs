namespace Protos.Bridge;

/// <summary>Arrays that answers of a session are read into. Reused from step to step.</summary>
/// <param name="copies">Copies, B.</param>
/// <param name="size">Numbers in a row of observations.</param>
/// <param name="areBytes">Whether rows cross as uint8.</param>
internal sealed class StepResults(int copies, int size, bool areBytes)
{
    /// <summary>Copies, B.</summary>
    public int Copies { get; } = copies;

    /// <summary>Numbers in a row.</summary>
    public int Size { get; } = size;

    /// <summary>Whether rows cross as uint8.</summary>
    public bool AreBytes { get; } = areBytes;

    /// <summary>Bytes of a row where it crosses.</summary>
    public int RowBytes => AreBytes ? Size : Size * sizeof(float);

    /// <summary><c>[B, Size]</c>.</summary>
    public float[] Observations { get; } = new float[copies * size];

    /// <summary><c>[B, Size]</c>; only the rows of copies that ended are new.</summary>
    public float[] FinalObservations { get; } = new float[copies * size];

    /// <summary><c>[B]</c>.</summary>
    public float[] Rewards { get; } = new float[copies];

    /// <summary><c>[B]</c>.</summary>
    public bool[] Terminated { get; } = new bool[copies];

    /// <summary><c>[B]</c>.</summary>
    public bool[] Truncated { get; } = new bool[copies];

    /// <summary>Info of the steps that ended episodes.</summary>
    public List<FinalInfo> FinalInfos { get; } = [];

    /// <summary>Pictures of the copies that ended, where they were asked for.</summary>
    public List<Picture> FinalPictures { get; } = [];

    /// <summary>Whether the arrays lie in shared memory, and not in the answer.</summary>
    public bool SharesMemory { get; set; }

    /// <summary>Memory that the server made for this reply and those after it; null where it offers none.</summary>
    public SharedMemory? SharedMemory { get; set; }

    /// <summary>Seconds that stepping took on the other side.</summary>
    public double ServerSeconds { get; set; }

    /// <summary>Whether a copy's episode ended.</summary>
    public bool HasEnded(int copy) => Terminated[copy] | Truncated[copy];
}
