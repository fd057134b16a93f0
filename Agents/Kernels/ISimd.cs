namespace Agents.Kernels;

/// <summary>The few vector operations that the kernels need, so that each kernel is written once for every register width.</summary>
/// <typeparam name="TVector">A register of float32.</typeparam>
internal interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats in a register.</summary>
    static abstract int Width { get; }

    /// <summary>Reads a register.</summary>
    static abstract TVector Load(ref float source, nint offset);

    /// <summary>Writes a register.</summary>
    static abstract void Store(TVector value, ref float destination, nint offset);

    /// <summary>The same number in every lane.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a × b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>1 / a to a relative error of 2^-22, for finite a far from 0 and from overflow: several times faster than a division.</summary>
    static abstract TVector Reciprocal(TVector a);

    /// <summary>a × b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The smaller one of each lane; b where either is not a number.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The larger one of each lane; b where either is not a number.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector value);
}
