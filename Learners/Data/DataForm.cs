using Environments.Spaces;
using Learners.Supervised.Targets;

namespace Learners.Data;

/// <summary>What the samples of a source look like. Immutable.</summary>
/// <param name="Inputs">Input of one step.</param>
/// <param name="Targets">Target of one step.</param>
/// <param name="Steps">Steps of a sequence, or of a segment of a stream, T; 1 for samples that are no sequences.</param>
/// <param name="CarriesState">
/// Whether batches are segments of streams: each goes on where the one before ended, so the core state is carried from one to the next and gradients
/// end at the border (truncated back-propagation). Else each batch holds whole sequences, which start with a fresh state.
/// </param>
internal sealed record DataForm(Space Inputs, TargetForm Targets, int Steps, bool CarriesState = false);
