namespace Chaos.Campaigns;

/// <summary>What one campaign found.</summary>
internal sealed class ChaosReport
{
    private readonly List<ChaosFigure> _figures = [];
    private readonly List<string> _remarks = [];

    /// <summary>The numbers, in the order of their measurement.</summary>
    public IReadOnlyList<ChaosFigure> Figures => _figures;

    /// <summary>Lines that help to understand a missed bar, such as errors of the learner.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Whether every bar is kept.</summary>
    public bool Passed => _figures.All(figure => figure.IsMet);

    /// <summary>Adds a number without a bar.</summary>
    public void Add(string name, double value) => _figures.Add(new ChaosFigure(name, value));

    /// <summary>Adds a number that must not be above <paramref name="bar"/>.</summary>
    public void AddAtMost(string name, double value, double bar) => _figures.Add(new ChaosFigure(name, value, AtMost: bar));

    /// <summary>Adds a number that must not be below <paramref name="bar"/>.</summary>
    public void AddAtLeast(string name, double value, double bar) => _figures.Add(new ChaosFigure(name, value, AtLeast: bar));

    /// <summary>Adds the numbers and lines of a part of the campaign.</summary>
    public void Include(ChaosReport part, string prefix)
    {
        _figures.AddRange(part.Figures.Select(figure => figure with { Name = prefix + figure.Name }));
        _remarks.AddRange(part.Remarks);
    }

    /// <summary>Adds a line for people.</summary>
    public void Remark(string line) => _remarks.Add(line);
}
