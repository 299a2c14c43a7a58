// What queries, keys and values go through before attention: bias, norms of their own, rotary positions. Keys and values go into the cache, queries stay where they are.

#define HEADS_WARPS 4

struct HeadsArguments
{
    float *projected;        // [rows, (heads + 2 x shared) x HEAD_SIZE].
    const float *bias;       // Null for none, as the norms.
    const float *queryNorm;
    const float *keyNorm;
    const int *rows;
    const float *angles;     // Of row 0; as many floats further on for each row as there are ints in a row: cosines, then sines.
    const int *tables;
    CacheNumber *cache;
    int rowInts;
    int stride;
    int heads;
    int shared;
    int pairs;
    int layer;
    int layers;
    float epsilon;
};

// [blocks, layers, keys and values, shared heads, BLOCK_TOKENS, HEAD_STRIDE].
__device__ __forceinline__ long long cache_at(int block, int layers, int layer, int kind, int shared, int head, int place)
{
    return (((((long long)block * layers + layer) * 2 + kind) * shared + head) * BLOCK_TOKENS + place) * HEAD_STRIDE;
}

__device__ __forceinline__ void store(float *target, float value)
{
    *target = value;
}

__device__ __forceinline__ void store(unsigned short *target, float value)
{
    *target = to_bfloat16(value);
}

// A warp for each head of a row.
KERNEL(heads, HeadsArguments, HEADS_WARPS * LANES)
{
    __shared__ float numbers[HEADS_WARPS][HEAD_SIZE];
    const int lane = threadIdx.x % LANES;
    const int head = blockIdx.x * HEADS_WARPS + threadIdx.x / LANES;
    if (head >= a.heads + 2 * a.shared)
    {
        return;
    }

    const Row *row = row_of(a.rows, a.rowInts, blockIdx.y);
    float *source = a.projected + (long long)blockIdx.y * a.stride + head * HEAD_SIZE;
    float *x = numbers[threadIdx.x / LANES];
    const bool isValue = head >= a.heads + a.shared;
    const float *weight = isValue ? 0 : head < a.heads ? a.queryNorm : a.keyNorm;
    float squares = 0;
    for (int i = lane; i < HEAD_SIZE; i += LANES)
    {
        const float value = a.bias ? source[i] + a.bias[head * HEAD_SIZE + i] : source[i];
        x[i] = value;
        squares = fmaf(value, value, squares);
    }

    if (weight)
    {
        const float scale = 1.0f / sqrtf(warp_sum(squares) / (float)HEAD_SIZE + a.epsilon);
        for (int i = lane; i < HEAD_SIZE; i += LANES)
        {
            x[i] = x[i] * scale * weight[i];
        }
    }

    __syncwarp();
    if (!isValue)
    {
        const float *cosines = a.angles + (long long)blockIdx.y * a.rowInts;
        const float *sines = cosines + a.pairs;
        for (int i = lane; i < a.pairs; i += LANES)
        {
            const float first = x[i];
            const float second = x[i + a.pairs];
            x[i] = fmaf(first, cosines[i], -(second * sines[i]));
            x[i + a.pairs] = fmaf(second, cosines[i], first * sines[i]);
        }

        __syncwarp();
    }

    if (head < a.heads)
    {
        for (int i = lane; i < HEAD_SIZE; i += LANES)
        {
            source[i] = x[i];
        }

        return;
    }

    const int block = a.tables[row->table + row->position / BLOCK_TOKENS];
    CacheNumber *target = a.cache + cache_at(block, a.layers, a.layer, isValue, a.shared, (head - a.heads) % a.shared, row->position % BLOCK_TOKENS);
    for (int i = lane; i < HEAD_SIZE; i += LANES)
    {
        store(target + i, x[i]);
    }
}
