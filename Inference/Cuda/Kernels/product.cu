// Products of a matrix with rows of activations, and reading the matrix's own rows. A warp computes PRODUCT_ROWS rows of the matrix for some rows of activations at once, so
// the matrix is read once for all of these; each lane takes every 32nd piece of 16 bytes. Blocks with the same rows of the matrix and other activations follow each other, so
// that a long prompt finds the matrix in the GPU's second-level cache.

#define PRODUCT_WARPS 4
#define PRODUCT_ROWS 2

struct ProductArguments
{
    Matrix matrix;
    Activations input;
    float *target;
    int targetStride;
    int rows;
    int add;
};

struct EmbedArguments
{
    Matrix matrix;
    const int *rows;
    float *target;
    int rowInts;
    int targetStride;
    int columns;
    float scale;
};

__device__ __forceinline__ uint4 piece_of(const void *memory, long long piece)
{
    return ((const uint4 *)memory)[piece];
}

// Each format: COLUMNS of 16 bytes, one weight, the weights of a piece, the activations that meet them, and their products added to a sum.
struct Float32
{
    enum { COLUMNS = 4 };
    typedef float4 Weights;
    typedef float4 Input;

    static __device__ __forceinline__ float at(const Matrix &matrix, long long row, int column)
    {
        return ((const float *)matrix.weights)[row * matrix.stride + column];
    }

    static __device__ __forceinline__ Weights load(const Matrix &matrix, long long row, int piece)
    {
        return ((const float4 *)matrix.weights)[row * (matrix.stride / COLUMNS) + piece];
    }

    static __device__ __forceinline__ Input input(const Activations &rows, long long row, int piece)
    {
        return ((const float4 *)rows.values)[row * (rows.stride / COLUMNS) + piece];
    }

    static __device__ __forceinline__ float add(float sum, const Weights &w, const Input &x)
    {
        return fmaf(w.w, x.w, fmaf(w.z, x.z, fmaf(w.y, x.y, fmaf(w.x, x.x, sum))));
    }
};

struct BFloat16
{
    enum { COLUMNS = 8 };
    typedef uint4 Weights;
    struct Input { float4 low, high; };

    static __device__ __forceinline__ float at(const Matrix &matrix, long long row, int column)
    {
        return from_bfloat16(((const unsigned short *)matrix.weights)[row * matrix.stride + column]);
    }

    static __device__ __forceinline__ Weights load(const Matrix &matrix, long long row, int piece)
    {
        return piece_of(matrix.weights, row * (matrix.stride / COLUMNS) + piece);
    }

    static __device__ __forceinline__ Input input(const Activations &rows, long long row, int piece)
    {
        const float4 *numbers = (const float4 *)rows.values + row * (rows.stride / 4) + 2 * piece;
        return Input{numbers[0], numbers[1]};
    }

    static __device__ __forceinline__ float add_pair(float sum, unsigned int pair, float first, float second)
    {
        return fmaf(__uint_as_float(pair & 0xffff0000u), second, fmaf(from_bfloat16(pair), first, sum));
    }

    static __device__ __forceinline__ float add(float sum, const Weights &w, const Input &x)
    {
        sum = add_pair(sum, w.x, x.low.x, x.low.y);
        sum = add_pair(sum, w.y, x.low.z, x.low.w);
        sum = add_pair(sum, w.z, x.high.x, x.high.y);
        return add_pair(sum, w.w, x.high.z, x.high.w);
    }
};

struct Int8
{
    enum { COLUMNS = 16 };
    struct Weights { uint4 bytes; float scale; };
    struct Input { uint4 bytes; float scale; };

    static __device__ __forceinline__ float scale_at(const Matrix &matrix, long long row, int group)
    {
        return from_bfloat16(matrix.scales[row * (matrix.stride / GROUP_COLUMNS) + group]);
    }

    static __device__ __forceinline__ float at(const Matrix &matrix, long long row, int column)
    {
        return ((const signed char *)matrix.weights)[row * matrix.stride + column] * scale_at(matrix, row, column / GROUP_COLUMNS);
    }

    static __device__ __forceinline__ Weights load(const Matrix &matrix, long long row, int piece)
    {
        return Weights{piece_of(matrix.weights, row * (matrix.stride / COLUMNS) + piece), scale_at(matrix, row, piece / 2)};
    }

    static __device__ __forceinline__ Input input(const Activations &rows, long long row, int piece)
    {
        return Input{piece_of(rows.bytes, row * (rows.stride / COLUMNS) + piece), rows.scales[row * (rows.stride / GROUP_COLUMNS) + piece / 2]};
    }

    static __device__ __forceinline__ float add(float sum, const Weights &w, const Input &x)
    {
        int dot = dot_four((int)w.bytes.x, (int)x.bytes.x, 0);
        dot = dot_four((int)w.bytes.y, (int)x.bytes.y, dot);
        dot = dot_four((int)w.bytes.z, (int)x.bytes.z, dot);
        dot = dot_four((int)w.bytes.w, (int)x.bytes.w, dot);
        return fmaf((float)dot, w.scale * x.scale, sum);
    }
};

// Each 32 bits hold eight columns: the first four in the lower halves of the bytes, the others in the upper ones. 0 to 15 mean -8 to 7.
struct Int4
{
    enum { COLUMNS = 32 };
    struct Weights { uint4 halves; float scale; };
    struct Input { uint4 low, high; float scale; int sum; };

    static __device__ __forceinline__ float at(const Matrix &matrix, long long row, int column)
    {
        const unsigned char both = ((const unsigned char *)matrix.weights)[row * (matrix.stride / 2) + column / 8 * 4 + column % 4];
        return (float)(((both >> (column % 8 / 4 * 4)) & 15) - 8) * Int8::scale_at(matrix, row, column / GROUP_COLUMNS);
    }

    static __device__ __forceinline__ Weights load(const Matrix &matrix, long long row, int piece)
    {
        return Weights{piece_of(matrix.weights, row * (matrix.stride / COLUMNS) + piece), Int8::scale_at(matrix, row, piece)};
    }

    static __device__ __forceinline__ Input input(const Activations &rows, long long row, int piece)
    {
        const long long group = row * (rows.stride / GROUP_COLUMNS) + piece;
        return Input{piece_of(rows.bytes, 2 * group), piece_of(rows.bytes, 2 * group + 1), rows.scales[group], rows.sums[group]};
    }

    static __device__ __forceinline__ int dot(int sum, unsigned int halves, unsigned int first, unsigned int second)
    {
        sum = dot_four((int)(halves & 0x0f0f0f0fu), (int)first, sum);
        return dot_four((int)((halves >> 4) & 0x0f0f0f0fu), (int)second, sum);
    }

    static __device__ __forceinline__ float add(float sum, const Weights &w, const Input &x)
    {
        int whole = dot(-8 * x.sum, w.halves.x, x.low.x, x.low.y);
        whole = dot(whole, w.halves.y, x.low.z, x.low.w);
        whole = dot(whole, w.halves.z, x.high.x, x.high.y);
        whole = dot(whole, w.halves.w, x.high.z, x.high.w);
        return fmaf((float)whole, w.scale * x.scale, sum);
    }
};

// Sums of COUNT numbers over the lanes, a power of two of at most 32. Lanes give half of their numbers away as long as they have several, so it takes few shuffles; each
// number's additions are those of warp_sum, whatever the count. Lane i gets the sum of number i / (32 / COUNT).
template <int COUNT>
__device__ __forceinline__ float warp_sums(float *numbers, int lane)
{
    int kept = COUNT;
    #pragma unroll
    for (int offset = LANES / 2; offset > 0; offset /= 2)
    {
        if (kept == 1)
        {
            numbers[0] += __shfl_xor_sync(ALL_LANES, numbers[0], offset);
            continue;
        }

        kept /= 2;
        #pragma unroll
        for (int i = 0; i < kept; i++)
        {
            const float given = lane & offset ? numbers[i] : numbers[i + kept];
            const float own = lane & offset ? numbers[i + kept] : numbers[i];
            numbers[i] = own + __shfl_xor_sync(ALL_LANES, given, offset);
        }
    }

    return numbers[0];
}

template <typename Format, int BATCH>
__device__ __forceinline__ void product(const ProductArguments &a)
{
    const int lane = threadIdx.x % LANES;
    const int batches = (a.rows + BATCH - 1) / BATCH;
    const int first = (blockIdx.x / batches * PRODUCT_WARPS + threadIdx.x / LANES) * PRODUCT_ROWS;
    const int batch = blockIdx.x % batches * BATCH;
    if (first >= a.matrix.rows)
    {
        return;
    }

    float sums[PRODUCT_ROWS * BATCH];
    for (int i = 0; i < PRODUCT_ROWS * BATCH; i++)
    {
        sums[i] = 0;
    }

    const int pieces = a.matrix.stride / Format::COLUMNS;
    for (int piece = lane; piece < pieces; piece += LANES)
    {
        // Where rows end, the last one is computed again and not written.
        typename Format::Weights weights[PRODUCT_ROWS];
        for (int r = 0; r < PRODUCT_ROWS; r++)
        {
            weights[r] = Format::load(a.matrix, min(first + r, a.matrix.rows - 1), piece);
        }

        for (int b = 0; b < BATCH; b++)
        {
            const typename Format::Input input = Format::input(a.input, min(batch + b, a.rows - 1), piece);
            for (int r = 0; r < PRODUCT_ROWS; r++)
            {
                sums[b * PRODUCT_ROWS + r] = Format::add(sums[b * PRODUCT_ROWS + r], weights[r], input);
            }
        }
    }

    const float sum = warp_sums<PRODUCT_ROWS * BATCH>(sums, lane);
    const int which = lane / (LANES / (PRODUCT_ROWS * BATCH));
    const int row = first + which % PRODUCT_ROWS;
    const int input = batch + which / PRODUCT_ROWS;
    if (lane % (LANES / (PRODUCT_ROWS * BATCH)) == 0 && row < a.matrix.rows && input < a.rows)
    {
        float *target = a.target + (long long)input * a.targetStride + row;
        *target = a.add ? *target + sum : sum;
    }
}

template <typename Format>
__device__ __forceinline__ void embed(const EmbedArguments &a)
{
    const int column = blockIdx.x * blockDim.x + threadIdx.x;
    if (column < a.columns)
    {
        const int id = row_of(a.rows, a.rowInts, blockIdx.y)->id;
        a.target[(long long)blockIdx.y * a.targetStride + column] = Format::at(a.matrix, id, column) * a.scale;
    }
}

#define FORMAT_KERNELS(Format, name)                                                                                  \
    KERNEL(embed_##name, EmbedArguments, 256) { embed<Format>(a); }                                                   \
    KERNEL(product_##name##_1, ProductArguments, PRODUCT_WARPS * LANES) { product<Format, 1>(a); }                    \
    KERNEL(product_##name##_2, ProductArguments, PRODUCT_WARPS * LANES) { product<Format, 2>(a); }                    \
    KERNEL(product_##name##_4, ProductArguments, PRODUCT_WARPS * LANES) { product<Format, 4>(a); }                    \
    KERNEL(product_##name##_8, ProductArguments, PRODUCT_WARPS * LANES) { product<Format, 8>(a); }

FORMAT_KERNELS(Float32, float32)
FORMAT_KERNELS(BFloat16, bfloat16)
FORMAT_KERNELS(Int8, int8)
FORMAT_KERNELS(Int4, int4)
