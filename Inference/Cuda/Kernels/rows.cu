// What works on single rows: norms, the gate of a feed-forward layer, the limit of logits.

#define ROW_THREADS 256

struct NormArguments
{
    const float *source;
    const float *weight;
    Activations target;
    float *sum;            // Where the result is added instead of being put into the target; null for none.
    const int *selection;  // Rows of the step; the i-th result is of the row that the i-th row of logits is of. Null: of the i-th row.
    int rowInts;
    int stride;            // Of the source, and of the sum.
    int columns;
    float epsilon;
};

struct GateArguments
{
    const float *gateUp;
    Activations target;
    int stride;
    int inner;
    int gelu;
};

struct CapArguments
{
    float *values;
    int stride;
    int columns;
    float cap;
};

// A block of threads for each row.
KERNEL(norm, NormArguments, ROW_THREADS)
{
    __shared__ float parts[ROW_THREADS / LANES];
    const int row = a.selection ? row_of(a.selection, a.rowInts, blockIdx.x)->logits : (int)blockIdx.x;
    const float *source = a.source + (long long)row * a.stride;
    float squares = 0;
    for (int column = threadIdx.x; column < a.columns; column += ROW_THREADS)
    {
        squares = fmaf(source[column], source[column], squares);
    }

    squares = warp_sum(squares);
    if (threadIdx.x % LANES == 0)
    {
        parts[threadIdx.x / LANES] = squares;
    }

    __syncthreads();
    squares = 0;
    for (int warp = 0; warp < ROW_THREADS / LANES; warp++)
    {
        squares += parts[warp];
    }

    const float scale = 1.0f / sqrtf(squares / (float)a.columns + a.epsilon);
    if (a.sum)
    {
        for (int column = threadIdx.x; column < a.columns; column += ROW_THREADS)
        {
            a.sum[(long long)row * a.stride + column] += source[column] * scale * a.weight[column];
        }

        return;
    }

    for (int column = threadIdx.x; column < a.target.stride; column += ROW_THREADS)
    {
        put(a.target, blockIdx.x, column, column < a.columns ? source[column] * scale * a.weight[column] : 0.0f);
    }
}

// 256 columns of a row for each block of threads: the gate stands in front of what it lets through.
KERNEL(gate, GateArguments, ROW_THREADS)
{
    const int column = blockIdx.x * ROW_THREADS + threadIdx.x;
    if (column >= a.target.stride)
    {
        return;
    }

    float value = 0;
    if (column < a.inner)
    {
        const float *row = a.gateUp + (long long)blockIdx.y * a.stride;
        const float x = row[column];

        // 0.5 x (1 + tanh(u)) is x sigmoid(2 u).
        const float inner = a.gelu ? x * fmaf(x * x, 0.0713548163f, 1.59576912f) : x;
        value = x / (1.0f + expf(-inner)) * row[a.inner + column];
    }

    put(a.target, blockIdx.y, column, value);
}

KERNEL(cap, CapArguments, ROW_THREADS)
{
    const int column = blockIdx.x * ROW_THREADS + threadIdx.x;
    if (column < a.columns)
    {
        float *value = a.values + (long long)blockIdx.y * a.stride + column;
        *value = a.cap * tanhf(*value / a.cap);
    }
}
