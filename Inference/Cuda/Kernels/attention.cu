// Attention of each row over its sequence's blocks of the key-value cache, where they lie. Positions are split: a block of threads looks at SPLIT_TOKENS of them for
// TILE_HEADS query heads that share a key-value head, and a second kernel puts the parts of a row together. Where splits begin does not depend on how long a sequence is.

#define ATTEND_WARPS 4
#define PART_STRIDE (HEAD_SIZE + 2)
#define PAIR_STEPS ((HEAD_SIZE + 2 * LANES - 1) / (2 * LANES))

struct AttendArguments
{
    const float *projected;
    const int *rows;
    const int *tables;
    const CacheNumber *cache;
    float *parts;  // [rows, heads, splits, PART_STRIDE]: sums of values by weight, the largest score, the sum of weights.
    int rowInts;
    int stride;
    int firstRow;
    int heads;
    int shared;
    int layer;
    int layers;
    int window;
    int splits;
    float scale;
    float cap;
};

struct MergeArguments
{
    const float *parts;
    const int *rows;
    Activations target;
    int rowInts;
    int firstRow;
    int heads;
    int window;
    int splits;
};

__device__ __forceinline__ void load_eight(const float *source, float *target)
{
    const float4 low = ((const float4 *)source)[0];
    const float4 high = ((const float4 *)source)[1];
    target[0] = low.x; target[1] = low.y; target[2] = low.z; target[3] = low.w;
    target[4] = high.x; target[5] = high.y; target[6] = high.z; target[7] = high.w;
}

__device__ __forceinline__ void load_eight(const unsigned short *source, float *target)
{
    const uint4 eight = *(const uint4 *)source;
    const unsigned int pairs[4] = {eight.x, eight.y, eight.z, eight.w};
    for (int i = 0; i < 4; i++)
    {
        target[2 * i] = from_bfloat16(pairs[i]);
        target[2 * i + 1] = __uint_as_float(pairs[i] & 0xffff0000u);
    }
}

__device__ __forceinline__ float2 load_pair(const float *source)
{
    return *(const float2 *)source;
}

__device__ __forceinline__ float2 load_pair(const unsigned short *source)
{
    const unsigned int pair = *(const unsigned int *)source;
    return float2{from_bfloat16(pair), __uint_as_float(pair & 0xffff0000u)};
}

__device__ __forceinline__ int first_seen(int position, int window)
{
    return window == 0 ? 0 : max(0, position - window + 1);
}

// What a part whose largest score is `largest` weighs beside one whose largest is `all`. A part that saw nothing weighs nothing.
__device__ __forceinline__ float weight_of(float largest, float all)
{
    return largest == NEGATIVE_INFINITY ? 0.0f : expf(largest - all);
}

KERNEL(attend, AttendArguments, ATTEND_WARPS * LANES)
{
    __shared__ float queries[TILE_HEADS][HEAD_STRIDE];
    __shared__ float blends[ATTEND_WARPS][TILE_HEADS][HEAD_SIZE];
    __shared__ float shares[ATTEND_WARPS][TILE_HEADS][BLOCK_TOKENS];
    __shared__ float tops[ATTEND_WARPS][TILE_HEADS];
    __shared__ float totals[ATTEND_WARPS][TILE_HEADS];
    const int lane = threadIdx.x % LANES;
    const int warp = threadIdx.x / LANES;
    const int head = blockIdx.x * TILE_HEADS;
    const int key = head / GROUP;
    const int index = a.firstRow + blockIdx.y;
    const Row *row = row_of(a.rows, a.rowInts, index);
    const int begin = max(first_seen(row->position, a.window), (int)blockIdx.z * SPLIT_TOKENS);
    const int end = min(row->position + 1, ((int)blockIdx.z + 1) * SPLIT_TOKENS);
    if (begin >= end)
    {
        return;
    }

    const float *source = a.projected + (long long)index * a.stride + head * HEAD_SIZE;
    for (int i = threadIdx.x; i < TILE_HEADS * HEAD_STRIDE; i += ATTEND_WARPS * LANES)
    {
        const int column = i % HEAD_STRIDE;
        queries[i / HEAD_STRIDE][column] = column < HEAD_SIZE ? source[i / HEAD_STRIDE * HEAD_SIZE + column] * a.scale : 0.0f;
    }

    __syncthreads();
    float top[TILE_HEADS], total[TILE_HEADS];
    float2 blend[TILE_HEADS][PAIR_STEPS];
    for (int g = 0; g < TILE_HEADS; g++)
    {
        top[g] = NEGATIVE_INFINITY;
        total[g] = 0;
        for (int step = 0; step < PAIR_STEPS; step++)
        {
            blend[g][step] = float2{0, 0};
        }
    }

    // For scores two lanes share a position: each takes every second piece of eight numbers. For values each lane has numbers of the head.
    for (int page = begin / BLOCK_TOKENS + warp; page * BLOCK_TOKENS < end; page += ATTEND_WARPS)
    {
        const int block = a.tables[row->table + page];
        const CacheNumber *keys = a.cache + cache_at(block, a.layers, a.layer, 0, a.shared, key, 0);
        const CacheNumber *values = a.cache + cache_at(block, a.layers, a.layer, 1, a.shared, key, 0);
        const int position = page * BLOCK_TOKENS + lane / 2;
        const bool seen = position >= begin && position < end;
        float weights[TILE_HEADS];
        for (int g = 0; g < TILE_HEADS; g++)
        {
            weights[g] = 0;
        }

        if (seen)
        {
            for (int piece = lane % 2; piece < HEAD_STRIDE / 8; piece += 2)
            {
                float numbers[8];
                load_eight(keys + lane / 2 * HEAD_STRIDE + piece * 8, numbers);
                for (int g = 0; g < TILE_HEADS; g++)
                {
                    for (int i = 0; i < 8; i++)
                    {
                        weights[g] = fmaf(queries[g][piece * 8 + i], numbers[i], weights[g]);
                    }
                }
            }
        }

        for (int g = 0; g < TILE_HEADS; g++)
        {
            float score = weights[g] + __shfl_xor_sync(ALL_LANES, weights[g], 1);
            score = a.cap > 0 ? a.cap * tanhf(score / a.cap) : score;
            float largest = seen ? score : NEGATIVE_INFINITY;
            for (int offset = LANES / 2; offset > 1; offset /= 2)
            {
                largest = fmaxf(largest, __shfl_xor_sync(ALL_LANES, largest, offset));
            }

            largest = fmaxf(largest, top[g]);
            const float kept = weight_of(top[g], largest);
            weights[g] = seen ? expf(score - largest) : 0.0f;
            float sum = weights[g];
            for (int offset = LANES / 2; offset > 1; offset /= 2)
            {
                sum += __shfl_xor_sync(ALL_LANES, sum, offset);
            }

            if (lane % 2 == 0)
            {
                shares[warp][g][lane / 2] = weights[g];
            }

            top[g] = largest;
            total[g] = fmaf(total[g], kept, sum);
            for (int step = 0; step < PAIR_STEPS; step++)
            {
                blend[g][step].x *= kept;
                blend[g][step].y *= kept;
            }
        }

        __syncwarp();
        const int firstPlace = max(begin - page * BLOCK_TOKENS, 0);
        const int endPlace = min(end - page * BLOCK_TOKENS, BLOCK_TOKENS);
        for (int place = firstPlace; place < endPlace; place++)
        {
            for (int step = 0; step < PAIR_STEPS; step++)
            {
                const int column = 2 * (step * LANES + lane);
                if (column < HEAD_SIZE)
                {
                    const float2 pair = load_pair(values + place * HEAD_STRIDE + column);
                    for (int g = 0; g < TILE_HEADS; g++)
                    {
                        blend[g][step].x = fmaf(shares[warp][g][place], pair.x, blend[g][step].x);
                        blend[g][step].y = fmaf(shares[warp][g][place], pair.y, blend[g][step].y);
                    }
                }
            }
        }

        __syncwarp();
    }

    for (int g = 0; g < TILE_HEADS; g++)
    {
        if (lane == 0)
        {
            tops[warp][g] = top[g];
            totals[warp][g] = total[g];
        }

        for (int step = 0; step < PAIR_STEPS; step++)
        {
            const int column = 2 * (step * LANES + lane);
            if (column < HEAD_SIZE)
            {
                blends[warp][g][column] = blend[g][step].x;
                blends[warp][g][column + 1] = blend[g][step].y;
            }
        }
    }

    __syncthreads();
    for (int i = threadIdx.x; i < TILE_HEADS * PART_STRIDE; i += ATTEND_WARPS * LANES)
    {
        const int g = i / PART_STRIDE;
        const int column = i % PART_STRIDE;
        float all = tops[0][g];
        for (int other = 1; other < ATTEND_WARPS; other++)
        {
            all = fmaxf(all, tops[other][g]);
        }

        float sum = 0;
        for (int other = 0; other < ATTEND_WARPS; other++)
        {
            sum = fmaf(column < HEAD_SIZE ? blends[other][g][column] : totals[other][g], weight_of(tops[other][g], all), sum);
        }

        a.parts[(((long long)blockIdx.y * a.heads + head + g) * a.splits + blockIdx.z) * PART_STRIDE + column] = column == HEAD_SIZE ? all : sum;
    }
}

// 256 columns of a row for each block of threads.
KERNEL(merge, MergeArguments, 256)
{
    const int column = blockIdx.x * 256 + threadIdx.x;
    const int index = a.firstRow + blockIdx.y;
    if (column >= a.target.stride)
    {
        return;
    }

    float value = 0;
    if (column < a.heads * HEAD_SIZE)
    {
        const int position = row_of(a.rows, a.rowInts, index)->position;
        const int first = first_seen(position, a.window) / SPLIT_TOKENS;
        const int last = position / SPLIT_TOKENS;
        const float *parts = a.parts + ((long long)blockIdx.y * a.heads + column / HEAD_SIZE) * a.splits * PART_STRIDE;
        float all = NEGATIVE_INFINITY;
        for (int split = first; split <= last; split++)
        {
            all = fmaxf(all, parts[split * PART_STRIDE + HEAD_SIZE]);
        }

        float total = 0;
        for (int split = first; split <= last; split++)
        {
            const float *part = parts + split * PART_STRIDE;
            const float weight = weight_of(part[HEAD_SIZE], all);
            value = fmaf(part[column % HEAD_SIZE], weight, value);
            total = fmaf(part[HEAD_SIZE + 1], weight, total);
        }

        value = value / total;
    }

    put(a.target, index, column, value);
}
