namespace Environments.ToyText;

/// <summary>What a natural, an ace and a ten dealt at once, is worth in <see cref="Blackjack"/>.</summary>
public enum BlackjackRules
{
    /// <summary>It wins 1 against everything but another natural, a later 21 included (Sutton and Barto; Gymnasium's <c>sab</c>).</summary>
    SuttonBarto,

    /// <summary>If it wins, it wins 1.5 (Gymnasium's <c>natural</c>).</summary>
    NaturalBonus,

    /// <summary>Not more than any other 21.</summary>
    Plain,
}
