namespace Environments.Naming;

/// <summary>A batch whose environments say more than what is learned from, as Gymnasium's do.</summary>
internal interface IInformative
{
    /// <summary>What a copy said at the end of the episode that ended in the latest step, a JSON object; null where it said nothing.</summary>
    /// <param name="copy">Index of the copy.</param>
    string? FinalInfo(int copy);
}
