namespace Agents.Programs.Execution;

/// <summary>One use of an operator on arrays.</summary>
/// <typeparam name="T">An array of rows and columns.</typeparam>
/// <param name="Node">The node.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Rows">Rows of its first output in this call.</param>
/// <param name="Size">Size of the whole run.</param>
internal sealed record Call<T>(Node Node, T[] Inputs, int Rows, RunSize Size);

/// <summary>What operators do to some kind of arrays, keyed by their types, so that operators know no tensor library.</summary>
/// <typeparam name="T">An array of rows and columns.</typeparam>
/// <param name="name">Name in errors.</param>
internal sealed class FormTable<T>(string name)
{
    private readonly Dictionary<Type, Func<Call<T>, T[]>> _forms = [];

    /// <summary>Whether an operator of a type has a form.</summary>
    public bool Contains(Type type) => _forms.ContainsKey(type);

    /// <summary>Adds an operator of several outputs.</summary>
    public void Several<TOperator>(Func<Call<T>, T[]> form)
        where TOperator : Operator => _forms.Add(typeof(TOperator), form);

    /// <summary>Adds an operator of one output that has settings.</summary>
    public void One<TOperator>(Func<TOperator, Call<T>, T> form)
        where TOperator : Operator => Several<TOperator>(call => [form((TOperator)call.Node.Operator, call)]);

    /// <summary>Adds an operator of one input and one output.</summary>
    public void Unary<TOperator>(Func<T, T> form)
        where TOperator : Operator => Several<TOperator>(call => [form(call.Inputs[0])]);

    /// <summary>Adds an operator of two inputs and one output.</summary>
    public void Binary<TOperator>(Func<T, T, T> form)
        where TOperator : Operator => Several<TOperator>(call => [form(call.Inputs[0], call.Inputs[1])]);

    /// <summary>The form of a node's operator.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public Func<Call<T>, T[]> Of(Node node) =>
        _forms.TryGetValue(node.Operator.GetType(), out Func<Call<T>, T[]>? form)
            ? form
            : throw new GraphException($"{node.Title}: the table of {name} has no form of {node.Operator.Name}. Add one there.");
}
