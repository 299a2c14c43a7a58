// What all kernels share. Every kernel takes one structure, whose fields stand in C# in the same order. Kernels use no more of CUDA than a host can imitate: threads, shared
// memory, barriers and shuffles of whole warps; the tests compile these same files with a C++ compiler for the processor and run them there.
//
// The rule of all of them: what a row becomes depends on that row alone, in an order of additions that its own length decides. Rows are computed by the same code with the
// same bits, alone or with others, in a prompt or as its last token.

#ifndef KERNEL
#define KERNEL(name, Arguments, threads) extern "C" __global__ void __launch_bounds__(threads) name(const Arguments a)

// Four products of int8, added to a sum. As PTX, since NVRTC 11.8 declares the function for it and lacks its body.
__device__ __forceinline__ int dot_four(int first, int second, int sum)
{
    int result;
    asm("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(first), "r"(second), "r"(sum));
    return result;
}
#endif

#define LANES 32
#define ALL_LANES 0xffffffffu
#define NEGATIVE_INFINITY __uint_as_float(0xff800000u)

// Positions of a block of the key-value cache.
#define BLOCK_TOKENS 16

// Columns that share a scale.
#define GROUP_COLUMNS 32

// Compiled in: HEAD_SIZE; GROUP, query heads for each key-value head; TILE_HEADS, how many of them one block of threads computes; SPLIT_TOKENS, positions that one block of
// threads looks at; QUANTIZED, whether activations are wanted as int8 too; CACHE_BFLOAT16, whether keys and values are bfloat16.
#define HEAD_STRIDE ((HEAD_SIZE + 7) / 8 * 8)

#if CACHE_BFLOAT16
typedef unsigned short CacheNumber;
#else
typedef float CacheNumber;
#endif

// What a step knows of a row, as ints: then follow its rotary angles as floats.
struct Row
{
    int id;
    int position;
    int table;   // Where its sequence's blocks begin among all tables.
    int logits;  // Of the i-th row: which row the i-th row of logits is of.
};

// Rows of activations: floats, and, where QUANTIZED, int8 with a scale and a sum for each 32. What pads a row is zero.
struct Activations
{
    float *values;
    signed char *bytes;
    float *scales;
    int *sums;
    int stride;
};

// A matrix, row-major, its rows padded with zeros to a multiple of 32 columns.
struct Matrix
{
    const void *weights;
    const unsigned short *scales;
    int rows;
    int stride;
};

__device__ __forceinline__ float from_bfloat16(unsigned int bits)
{
    return __uint_as_float(bits << 16);
}

// To the nearest, ties to even. What is no number stays none.
__device__ __forceinline__ unsigned short to_bfloat16(float value)
{
    const unsigned int bits = __float_as_uint(value);
    return value != value ? (unsigned short)0x7fc0 : (unsigned short)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

__device__ __forceinline__ const Row *row_of(const int *rows, int rowInts, int row)
{
    return (const Row *)(rows + (long long)row * rowInts);
}

// In a tree over the lanes; each lane gets it.
__device__ __forceinline__ float warp_sum(float value)
{
    for (int offset = LANES / 2; offset > 0; offset /= 2)
    {
        value += __shfl_xor_sync(ALL_LANES, value, offset);
    }

    return value;
}

// Of two numbers the larger, or the one that is none.
__device__ __forceinline__ float larger(float first, float second)
{
    return first >= second || first != first ? first : second;
}

// Sets a row's number. Called by whole warps, whose lanes hold 32 columns that follow each other: a group of its own where QUANTIZED.
__device__ __forceinline__ void put(const Activations &target, int row, int column, float value)
{
    const long long at = (long long)row * target.stride + column;
    target.values[at] = value;
#if QUANTIZED
    float largest = fabsf(value);
    for (int offset = LANES / 2; offset > 0; offset /= 2)
    {
        largest = larger(largest, __shfl_xor_sync(ALL_LANES, largest, offset));
    }

    // Activations all below 1e-30 are zeros: their scale would be no normal number. Written so that what is no number stays none, in the scale.
    const float inverse = largest < 1e-30f ? 0.0f : 127.0f / largest;
    const int quantized = __float2int_rn(value * inverse);
    int sum = quantized;
    for (int offset = LANES / 2; offset > 0; offset /= 2)
    {
        sum += __shfl_xor_sync(ALL_LANES, sum, offset);
    }

    target.bytes[at] = (signed char)quantized;
    if (threadIdx.x % LANES == 0)
    {
        target.scales[at / GROUP_COLUMNS] = largest < 1e-30f ? 0.0f : largest / 127.0f;
        target.sums[at / GROUP_COLUMNS] = sum;
    }
#endif
}
