using Agents.Programs;

namespace Tests.AgentTests.Programs;

/// <content>Products, reductions, and operators between rows.</content>
internal static partial class OperatorCases
{
    private static void AddProducts(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(Product)] = p =>
        {
            Value x = p.Input("x", 17, Numbers.Bell);
            Value w = p.Parameter("w", 17, 9, Numbers.Bell);
            p.Ask(x.Times(w));
            p.Ask(x.Times(w, p.Input("added", 9, Numbers.Spread)));
            p.Ask(p.Graph.Dense(x, w.Transpose(), p.Parameter("b", 1, 9, Numbers.Spread)));
            p.Ask(p.Parameter("constant", 2, 17, Numbers.Bell).Times(w));
            p.Ask(p.Input("y", 1, Numbers.Spread).Times(p.Parameter("number", 1, 1, Numbers.Spread)));
        };
        builders[typeof(ProductOfRows)] = p =>
        {
            Value w = p.Parameter("w", 3, 5, Numbers.Spread);
            Value b = p.Parameter("b", 1, 3, Numbers.Spread);
            p.Ask(p.Graph.Dense(p.Input("x", 5, Numbers.Spread), w, b));
            p.Ask(p.Graph.Dense(p.Parameter("constant", 2, 5, Numbers.Spread), w, b));
        };
        builders[typeof(OuterSum)] = p =>
        {
            Value x = p.Input("x", 3, Numbers.Bell);
            p.Ask(x.OuterSum(p.Input("y", 17, Numbers.Bell)));
            p.Ask(p.Input("z", 19, Numbers.Bell).OuterSum(x)); // computed transposed
            p.Ask(p.Parameter("v", 4, 5, Numbers.Spread).OuterSum(p.Parameter("w", 4, 2, Numbers.Spread)));
        };
        builders[typeof(SparseOuterSum)] = p =>
        {
            Value x = p.Input("x", 19, Numbers.Keep);
            p.Ask(p.Graph.Apply(new SparseOuterSum(), x, p.Input("y", 9, Numbers.Bell))[0]);
        };
        builders[typeof(Gram)] = p =>
        {
            p.Ask(p.Input("x", 5, Numbers.Bell).Gram());
            p.Ask(p.Parameter("w", 3, 2, Numbers.Spread).Gram());
        };
        builders[typeof(Transpose)] = p =>
        {
            p.Ask(p.Parameter("w", 3, 5, Numbers.Spread).Transpose());
            p.Ask(p.Parameter("several", 6, 4, Numbers.Spread).Transpose(2));
        };
        builders[typeof(RowDots)] = p =>
            p.Ask(
                p.Graph.Apply(new RowDots(), p.Parameter("a", 3, 7, Numbers.Spread), p.Parameter("b", 5, 7, Numbers.Spread))[0]
            );
        builders[typeof(RowOuter)] = p =>
        {
            p.Ask(p.Input("x", 3, Numbers.Spread).RowOuter(p.Input("y", 2, Numbers.Spread)));
            p.Ask(p.Parameter("v", 2, 3, Numbers.Spread).RowOuter(p.Parameter("w", 2, 1, Numbers.Spread)));
        };
        builders[typeof(RowTimesVector)] = p =>
        {
            p.Ask(p.Input("m", 6, Numbers.Spread).RowTimesVector(p.Input("v", 2, Numbers.Spread)));
            p.Ask(p.Parameter("w", 2, 3, Numbers.Spread).RowTimesVector(p.Parameter("u", 2, 3, Numbers.Spread)));
        };
        builders[typeof(RowVectorTimes)] = p =>
        {
            p.Ask(p.Input("v", 2, Numbers.Spread).RowVectorTimes(p.Input("m", 6, Numbers.Spread)));
            p.Ask(p.Parameter("u", 2, 3, Numbers.Spread).RowVectorTimes(p.Parameter("w", 2, 3, Numbers.Spread)));
        };
        builders[typeof(RowProduct)] = p =>
        {
            p.Ask(p.Input("m", 6, Numbers.Spread).RowProduct(p.Input("n", 8, Numbers.Spread), 2));
            p.Ask(p.Input("k", 6, Numbers.Spread).RowTranspose(2));
        };
    }

    private static void AddReductions(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(SumRows)] = p =>
        {
            p.Ask(p.Input("x", 1, Numbers.Bell).SumRows());
            p.Ask(p.Input("y", 3, Numbers.Bell).SumRows());
            p.Ask(p.Input("z", 2, Numbers.Bell, RowSpace.Sequences).SumRows());
            p.Ask(p.Parameter("v", 3, 1, Numbers.Spread).SumRows());
            p.Ask(p.Parameter("w", 3, 2, Numbers.Spread).SumRows());
        };
        builders[typeof(SumColumns)] = p =>
        {
            p.Ask(p.Input("x", 5, Numbers.Spread).SumColumns());
            p.Ask(p.Parameter("w", 3, 2, Numbers.Spread).SumColumns());
        };
        builders[typeof(MaximumOfColumns)] = p =>
        {
            p.Ask(p.Input("x", 5, Numbers.Spread).MaximumOfColumns());
            p.Ask(p.Input("y", 1, Numbers.Spread).MaximumOfColumns());
            p.Ask(p.Parameter("w", 3, 2, Numbers.Spread).MaximumOfColumns());
        };
        builders[typeof(BroadcastRows)] = p =>
        {
            Value row = p.Parameter("w", 1, 3, Numbers.Spread);
            p.Ask(row.BroadcastTo(Shape.Of(RowSpace.Rows, 3)));
            p.Ask(row.BroadcastTo(Shape.Of(RowSpace.Sequences, 3)));
            p.Ask(row.BroadcastTo(Shape.Constant(4, 3)));
            p.Ask(p.Scalar("number", Numbers.Spread).BroadcastTo(Shape.Of(Problem.Edges, 2)));
        };
        builders[typeof(BroadcastColumns)] = p =>
        {
            p.Ask(p.Input("x", 1, Numbers.Spread).BroadcastColumns(4));
            p.Ask(p.Parameter("w", 3, 1, Numbers.Spread).BroadcastColumns(2));
        };
        builders[typeof(LogSoftmax)] = p =>
        {
            (Value logs, Value probabilities) = p.Input("x", 5, Numbers.Spread).LogSoftmax();
            p.Ask(logs);
            p.Ask(probabilities);
            p.Ask(p.Input("y", 3, Numbers.Spread).LogSoftmax().LogProbs);
            p.Ask(p.Parameter("w", 2, 3, Numbers.Spread).LogSoftmax().Probabilities);
        };
        builders[typeof(LogSumExp)] = p =>
        {
            p.Ask(p.Input("x", 5, Numbers.Spread).LogSumExp());
            p.Ask(p.Parameter("w", 2, 3, Numbers.Spread).LogSumExp());
        };
        builders[typeof(Normalize)] = p =>
        {
            System.Collections.Immutable.ImmutableArray<Value> both = p.Graph.Apply(
                new Normalize(),
                p.Input("x", 5, Numbers.Spread)
            );
            p.Ask(both[0]);
            p.Ask(both[1] * 0.1f);
            p.Ask(p.Graph.Apply(new Normalize(), p.Input("y", 7, Numbers.Spread))[1] * 0.1f);
            p.Ask(p.Parameter("w", 2, 6, Numbers.Spread).Normalize());
        };
        builders[typeof(NormalizeGradient)] = p =>
            p.Ask(
                p.Graph.Apply(
                    new NormalizeGradient(),
                    p.Input("g", 5, Numbers.Spread),
                    p.Input("y", 5, Numbers.Spread),
                    p.Input("r", 1, Numbers.Positive)
                )[0]
            );
    }

    private static void AddRows(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(Draw)] = p =>
        {
            p.Ask(p.Graph.Draw(DrawKind.Uniform, "uniform", 3));
            p.Ask(p.Graph.Draw(DrawKind.Bernoulli, "coins", 2, 0.3f, RowSpace.Sequences));
            p.Ask(p.Graph.Draw(DrawKind.Gaussian, "noise", 3) * p.Input("x", 3, Numbers.Spread));
        };
        builders[typeof(GatherRows)] = p =>
            p.Ask(p.Input("x", 2, Numbers.Spread).GatherRows(p.Index("i", size => size.Rows, Problem.Edges)));
        builders[typeof(SegmentSum)] = p =>
        {
            Value x = p.Input("x", 2, Numbers.Spread, Problem.Edges);
            p.Ask(x.SegmentSum(p.Index("i", size => size.Rows, Problem.Edges), RowSpace.Rows));
        };
        builders[typeof(Delay)] = p =>
        {
            Value keep = p.Keep();
            Value x = p.Input("x", 2, Numbers.Spread);
            Value earlier = p.Graph.Previous(2, keep);
            Value started = p.Graph.Previous(2, keep, p.Input("initial", 2, Numbers.Spread, RowSpace.Sequences));
            Value later = p.Graph.Later(2, keep);
            foreach (Value delay in (Value[])[earlier, started, later])
            {
                Graph.Close(delay, x);
                p.Ask(delay);
            }
        };
        builders[typeof(AtStep)] = p =>
        {
            Value x = p.Input("x", 2, Numbers.Spread);
            p.Ask(x.AtStep(StepPlace.First));
            p.Ask(x.AtStep(StepPlace.Last));
        };
        builders[typeof(FromStep)] = p =>
        {
            Value x = p.Input("x", 2, Numbers.Spread, RowSpace.Sequences);
            p.Ask(p.Graph.Apply(new FromStep(StepPlace.First), x)[0]);
            p.Ask(p.Graph.Apply(new FromStep(StepPlace.Last), x)[0]);
        };
    }
}
