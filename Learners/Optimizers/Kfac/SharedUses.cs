namespace Learners.Optimizers.Kfac;

/// <summary>What the uses of one weight within a sample, at positions of an image or steps of a sequence, are to each other.</summary>
public enum SharedUses
{
    /// <summary>
    /// Independent: every use counts for itself (Grosse and Martens 2016, theorem 1, for convolutions; Martens, Ba and Johnson 2018,
    /// section 3.1, for sequences).
    /// </summary>
    Independent,

    /// <summary>
    /// The same: inputs are averaged and gradients summed over the uses before factors are formed, which is exact where a sample's inputs
    /// are equal at all uses, and cheaper.
    /// </summary>
    Summed,
}
