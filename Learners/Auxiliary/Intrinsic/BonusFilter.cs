using Environments.State;
using Environments.Wrappers;

namespace Learners.Auxiliary;

/// <summary>The scale of bonuses: the running deviation of their discounted sums F ← γ F + i, one for each copy (Burda et al. 2018, section 2.4).</summary>
/// <remarks>Sums run over time, from unroll to unroll and through ends of episodes. Nothing is subtracted from bonuses, which stay above 0.</remarks>
/// <param name="discount">γ.</param>
internal sealed class BonusFilter(float discount)
{
    private readonly RunningMoments _moments = new(1, count: 0);
    private float[] _sums = []; // [B]
    private float[] _sumsOfAll = []; // [T, B], as they were after each step

    /// <summary>What a bonus is multiplied with: 1 over the deviation of all sums until now; 0 where none has differed from another yet.</summary>
    public float Scale => _moments.Variance[0] > 0 ? (float)(1 / Math.Sqrt(_moments.Variance[0])) : 0;

    /// <summary>Takes in the bonuses of an unroll.</summary>
    /// <param name="bonuses"><c>[T, B]</c>.</param>
    /// <param name="copies">B. Another number than before begins with sums of 0.</param>
    public void Add(ReadOnlySpan<float> bonuses, int copies)
    {
        if (_sums.Length != copies)
        {
            _sums = new float[copies];
        }
        if (_sumsOfAll.Length < bonuses.Length)
        {
            _sumsOfAll = new float[bonuses.Length];
        }
        for (int row = 0; row < bonuses.Length; row++)
        {
            ref float sum = ref _sums[row % copies];
            sum = discount * sum + bonuses[row];
            _sumsOfAll[row] = sum;
        }
        _moments.Update(_sumsOfAll.AsSpan(0, bonuses.Length));
    }

    /// <summary>Saves sums and moments.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("sums", _sums);
        StateDictionary moments = state.Scope("returns");
        moments.Set("count", _moments.Count);
        moments.Set<double>("mean", _moments.Mean);
        moments.Set<double>("variance", _moments.Variance);
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="InvalidDataException">Moments are none.</exception>
    public void LoadState(StateDictionary state)
    {
        _sums = state.GetArray<float>("sums");
        StateDictionary moments = state.Scope("returns");
        moments.ReadFinite<double>("mean", _moments.Mean);
        moments.ReadFinite<double>("variance", _moments.Variance);
        _moments.Count = moments.Get("count", 0.0, double.MaxValue);
        if (_moments.Variance[0] < 0)
        {
            throw new InvalidDataException("A saved variance is negative.");
        }
    }
}
