using System.Numerics.Tensors;
using Agents.Kernels;
using Agents.Networks;
using Agents.Programs;
using Environments.State;

namespace Learners.Optimizers.Kfac;

/// <summary>The Fisher block of one layer's weight and bias: gathers its factors and solves with them.</summary>
internal sealed class KfacLayer
{
    private readonly ParameterSlot _weight;
    private readonly ParameterSlot? _bias;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly KfacSettings _options;
    private readonly RunningFactor<float> _input;
    private readonly RunningFactor<float> _output;
    private readonly RunningFactor<float>? _biasOutput; // where it differs from that of the weight
    private readonly KroneckerBlock<float> _block;
    private readonly KroneckerBlock<float>? _biasBlock;
    private readonly RunningFactor<float>[] _factors;
    private readonly bool _sumsUses;
    private float[] _patches = [];
    private float[] _meanInputs = [];
    private float[] _summedGradients = [];
    private double _inputScale;
    private double _outputScale;
    private long _samples;
    private long _inputRows; // rows that the input's factor was added from, of which samples may have several

    /// <summary>A layer whose factors are 0.</summary>
    /// <param name="layout">Where parameters are.</param>
    /// <param name="weight">The layer's weight, <c>[outputs, …]</c>; its bias, if any, has the same name but for the ending.</param>
    /// <param name="options">How bias and uses count.</param>
    public KfacLayer(ParameterLayout layout, ParameterSlot weight, KfacSettings options)
    {
        _weight = weight;
        Name = weight.Name[..^".weight".Length];
        _bias = layout.Find(Name + ".bias");
        _options = options;
        _outputs = weight.Shape[0];
        _inputs = weight.Size / _outputs;
        bool homogeneous =
            _bias is not null
            && options.Bias switch
            {
                BiasKind.Homogeneous => true,
                BiasKind.Split => false,
            };
        _sumsUses = options.SharedUses switch
        {
            SharedUses.Summed => true,
            SharedUses.Independent => false,
        };
        _input = new RunningFactor<float>(_inputs, homogeneous);
        _output = new RunningFactor<float>(_outputs, homogeneous: false);
        _block = new KroneckerBlock<float>(_input, _output);
        _factors = [_input, _output];
        if (homogeneous || _bias is null)
        {
            return;
        }
        // The bias of a convolution sees the sum over positions, which its weight's factor does not know.
        bool sumsPositions = weight.Shape.Length > 2 && !_sumsUses;
        _biasOutput = sumsPositions ? new RunningFactor<float>(_outputs, homogeneous: false) : null;
        var one = new RunningFactor<float>(0, homogeneous: true);
        _biasBlock = new KroneckerBlock<float>(one, _biasOutput ?? _output);
        _factors = sumsPositions ? [_input, _output, one, _biasOutput!] : [_input, _output, one];
    }

    /// <summary>Path of the layer, such as <c>actor.encoder.0</c>.</summary>
    public string Name { get; }

    /// <summary>All factors.</summary>
    public IReadOnlyList<RunningFactor<float>> Factors => _factors;

    /// <summary>Block of the weight, with the bias where that is homogeneous.</summary>
    public KroneckerBlock<float> Block => _block;

    /// <summary>Whether rows came since the last fold.</summary>
    public bool HasSamples => _samples > 0;

    /// <summary>Adds rows of a dense layer; see <see cref="Kfac.Show"/>.</summary>
    public void AddDense(ReadOnlySpan<float> inputs, ReadOnlySpan<float> gradients, int rows, int uses, bool areSamples = true)
    {
        _samples += areSamples ? rows : 0;
        if (uses > 1 && _sumsUses)
        {
            // Time-major: use u of sequence s is row u × sequences + s.
            int sequences = rows / uses;
            Reduce(inputs, ref _meanInputs, _inputs, sequences, uses, sequences, 1, 1f / uses);
            Reduce(gradients, ref _summedGradients, _outputs, sequences, uses, sequences, 1, 1);
            Add(_meanInputs, _summedGradients, sequences);
        }
        else
        {
            Add(inputs, gradients, rows);
        }
        (_inputScale, _outputScale) = (1, 1);
    }

    /// <summary>Adds images of a convolution; see <see cref="Kfac.Show"/>.</summary>
    /// <remarks>Factors are scaled as in the released code: A = Ω / T² and G = T² Γ for T positions.</remarks>
    public void AddConvolution(ConvolutionShape shape, ReadOnlySpan<float> images, ReadOnlySpan<float> gradients, int rows)
    {
        _samples += rows;
        int positions = shape.OutputHeight * shape.OutputWidth;
        EnsureCapacity(ref _patches, positions * _inputs);
        if (_sumsUses)
        {
            EnsureCapacity(ref _meanInputs, rows * _inputs);
        }
        for (int row = 0; row < rows; row++)
        {
            Unfold(shape, images.Slice(row * shape.InputSize, shape.InputSize));
            if (_sumsUses)
            {
                Span<float> mean = _meanInputs.AsSpan(row * _inputs, _inputs);
                mean.Clear();
                Elementwise.AddColumnSums(_patches.AsSpan(0, positions * _inputs), mean);
                TensorPrimitives.Multiply(mean, 1f / positions, mean);
            }
            else
            {
                _input.Add(_patches.AsSpan(0, positions * _inputs), positions);
            }
        }
        _inputRows += _sumsUses ? 0 : rows;
        if (_sumsUses || _biasOutput is not null)
        {
            Reduce(gradients, ref _summedGradients, _outputs, rows, positions, 1, positions, 1);
        }
        if (_sumsUses)
        {
            Add(_meanInputs, _summedGradients, rows);
            (_inputScale, _outputScale) = (1, 1);
            return;
        }
        _output.Add(gradients[..(rows * positions * _outputs)], rows * positions);
        _biasOutput?.Add(_summedGradients.AsSpan(0, rows * _outputs), rows);
        _biasBlock?.Input.Add([], rows);
        (_inputScale, _outputScale) = (1.0 / ((double)positions * positions), positions);
    }

    /// <summary>Whether the rows since the last fold are finite.</summary>
    public bool IsFinite()
    {
        foreach (RunningFactor<float> factor in _factors)
        {
            if (!factor.IsFinite)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Moves the running averages towards the rows since the last fold, if there were any.</summary>
    public void Fold(double share)
    {
        if (_samples == 0)
        {
            return;
        }
        // A = Σ x xᵀ / uses and G = Σ g gᵀ / samples, so that A ⊗ G adds up the uses of a sample.
        _input.Fold(_inputScale / _inputRows, share);
        _output.Fold(_outputScale / _samples, share);
        _biasOutput?.Fold(1.0 / _samples, share);
        _biasBlock?.Input.Fold(1.0 / _inputRows, share);
        (_samples, _inputRows) = (0, 0);
    }

    /// <summary>Forgets the rows since the last fold.</summary>
    public void Drop()
    {
        foreach (RunningFactor<float> factor in _factors)
        {
            factor.Drop();
        }
        (_samples, _inputRows) = (0, 0);
    }

    /// <summary>Writes the natural gradient of weight and bias.</summary>
    /// <param name="gradient">Flat gradient of all parameters.</param>
    /// <param name="direction">Destination, flat.</param>
    public void Solve(ReadOnlySpan<float> gradient, Span<float> direction)
    {
        (double damping, DampingKind kind) = (_options.Damping, _options.DampingKind);
        ReadOnlySpan<float> bias = _bias is null ? [] : _bias.In(gradient);
        Span<float> solvedBias = _bias is null ? [] : _bias.In(direction);
        bool inside = _biasBlock is null;
        _block.Solve(_weight.In(gradient), inside ? bias : [], _weight.In(direction), inside ? solvedBias : [], damping, kind);
        _biasBlock?.Solve(bias, [], solvedBias, [], damping, kind);
    }

    /// <summary>Saves all factors.</summary>
    public void SaveState(StateDictionary state)
    {
        for (int i = 0; i < _factors.Length; i++)
        {
            _factors[i].SaveState(state.Scope($"factor{i}"));
        }
    }

    /// <summary>Continues from saved ones.</summary>
    public void LoadState(StateDictionary state)
    {
        for (int i = 0; i < _factors.Length; i++)
        {
            _factors[i].LoadState(state.Scope($"factor{i}"));
        }
    }

    private void Add(ReadOnlySpan<float> inputs, ReadOnlySpan<float> gradients, int rows)
    {
        _input.Add(inputs[..(rows * _inputs)], rows);
        _output.Add(gradients[..(rows * _outputs)], rows);
        _biasBlock?.Input.Add([], rows);
        _inputRows += rows;
    }

    private void Unfold(ConvolutionShape shape, ReadOnlySpan<float> image)
    {
        int kernelRow = shape.Kernel * shape.Channels;
        Span<float> patches = _patches;
        for (int y = 0; y < shape.OutputHeight; y++)
        {
            for (int x = 0; x < shape.OutputWidth; x++)
            {
                for (int kernelY = 0; kernelY < shape.Kernel; kernelY++)
                {
                    int first = ((y * shape.Stride + kernelY) * shape.Width + x * shape.Stride) * shape.Channels;
                    image.Slice(first, kernelRow).CopyTo(patches);
                    patches = patches[kernelRow..];
                }
            }
        }
    }

    // result[s] = scale × Σ_u rows[u × useStride + s × sampleStride].
    private static void Reduce(
        ReadOnlySpan<float> rows,
        ref float[] result,
        int size,
        int samples,
        int uses,
        int useStride,
        int sampleStride,
        float scale
    )
    {
        EnsureCapacity(ref result, samples * size);
        for (int sample = 0; sample < samples; sample++)
        {
            Span<float> sum = result.AsSpan(sample * size, size);
            sum.Clear();
            for (int use = 0; use < uses; use++)
            {
                TensorPrimitives.Add(sum, rows.Slice((use * useStride + sample * sampleStride) * size, size), sum);
            }
            TensorPrimitives.Multiply(sum, scale, sum);
        }
    }

    private static void EnsureCapacity(ref float[] buffer, int size)
    {
        if (buffer.Length < size)
        {
            buffer = new float[size];
        }
    }
}
