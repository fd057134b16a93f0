using Agents.Files;
using Agents.Policies;
using Environments;
using Learners.Configuration;
using Protos.Foreign;

namespace Studies.Cards;

/// <summary>Model cards: what is known of a trained policy, in Markdown. What <c>agents card</c> calls.</summary>
internal static class ModelCard
{
    /// <summary>Writes a card and its pictures beside it.</summary>
    /// <param name="path">A run, a discovery, a skill or a saved policy.</param>
    /// <param name="card">File of the card, .md.</param>
    /// <param name="environments">Where the environment is looked up.</param>
    /// <param name="agents">Where the agent is looked up.</param>
    /// <returns>The files that were written, the card first.</returns>
    /// <exception cref="ArgumentException">The file has another ending.</exception>
    /// <exception cref="IOException">The card would lie among the files of a policy, or cannot be written.</exception>
    /// <exception cref="PolicyFormatException">There is no policy, or it is damaged.</exception>
    public static IReadOnlyList<string> Write(string path, string card, EnvironmentRegistry environments, AgentRegistry agents)
    {
        if (!Path.GetExtension(card).Equals(".md", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{card}' is no name of a card. Choose one that ends in .md.", nameof(card));
        }
        string file = Path.GetFullPath(card);
        string folder = Path.GetDirectoryName(file)!;
        if (File.Exists(Path.Combine(folder, SavedPolicy.DescriptionFile)))
        {
            throw new IOException(
                $"'{folder}' holds a saved policy, which could not be saved again with other files beside it. Choose another folder, such as the run's."
            );
        }
        using var facts = CardFacts.Read(path, environments, agents);
        DiskFailure.CreateFolder(folder);
        var pictures = CardPictures.Draw(facts, file, environments);
        AtomicFile.Write(file, new CardText(facts, pictures).Write());
        return
        [
            file,
            .. new[] { pictures.Environment, pictures.Curve }.OfType<string>().Select(name => Path.Combine(folder, name)),
        ];
    }
}
