namespace Agents.Programs;

/// <summary>One operator with the places of its values. Arrays are not changed after planning.</summary>
/// <param name="Operator">What to run.</param>
/// <param name="Title">Operator and part, for errors.</param>
/// <param name="Inputs">Where its inputs lie.</param>
/// <param name="Outputs">Where its outputs lie.</param>
/// <param name="Scratch">Its scratch memory.</param>
/// <param name="InputShapes">Shapes of its inputs.</param>
/// <param name="OutputShapes">Shapes of its outputs.</param>
/// <param name="AreRead">Which of its outputs anybody reads.</param>
internal sealed record Instruction(
    Operator Operator,
    string Title,
    Slot[] Inputs,
    Slot[] Outputs,
    Slot Scratch,
    Shape[] InputShapes,
    Shape[] OutputShapes,
    bool[] AreRead
);
