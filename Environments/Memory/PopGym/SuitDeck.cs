using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.Memory.PopGym;

/// <summary>Up to sixteen decks of 52 cards of which only the suit matters, dealt one by one.</summary>
/// <remarks>
/// The order is that of NumPy's shuffle of the whole array, dealt from its end. Since the shuffle settles positions from the end too, each
/// one is drawn when it is dealt: the same numbers in the same order, and no long reset.
/// </remarks>
internal struct SuitDeck
{
    public const int Suits = 4;
    public const int MaxDecks = 16;
    private const int DeckSize = 52;

    private Cards _suits;
    private readonly int _count;
    private int _left;

    /// <summary>So many decks, 1 to 16.</summary>
    public SuitDeck(int decks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decks, MaxDecks);
        _count = decks * DeckSize;
    }

    /// <summary>Cards in all.</summary>
    public readonly int Count => _count;

    /// <summary>Cards not dealt yet.</summary>
    public readonly int Left => _left;

    /// <summary>Cards dealt.</summary>
    public readonly int Dealt => _count - _left;

    /// <summary>Suit of a card that was dealt; number 0 was the first.</summary>
    public readonly int this[int number] => _suits[_count - 1 - number];

    /// <summary>Takes all cards back, in order.</summary>
    public void Collect()
    {
        Span<byte> suits = _suits;
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(suits[.._count]).Fill(0x03020100);
        _left = _count;
    }

    /// <summary>Deals a card and returns its suit, 0 to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Deal(ref Pcg64 random)
    {
        int last = --_left;
        int drawn = random.NextMasked(last);
        byte suit = _suits[drawn];
        _suits[drawn] = _suits[last];
        _suits[last] = suit;
        return suit;
    }

    [InlineArray(DeckSize * MaxDecks)]
    private struct Cards
    {
        private byte _first;
    }
}
