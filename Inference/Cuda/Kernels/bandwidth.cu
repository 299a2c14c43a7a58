// Reads memory and does nearly nothing with it: how fast that goes is what a decoding step is measured against.

struct BandwidthArguments
{
    const uint4 *memory;
    unsigned int *sums;  // One for each block of threads.
    long long pieces;
};

KERNEL(read_memory, BandwidthArguments, 256)
{
    __shared__ unsigned int parts[256 / LANES];
    unsigned int mixed = 0;
    for (long long piece = (long long)blockIdx.x * 256 + threadIdx.x; piece < a.pieces; piece += (long long)gridDim.x * 256)
    {
        const uint4 words = a.memory[piece];
        mixed ^= words.x ^ words.y ^ words.z ^ words.w;
    }

    for (int offset = LANES / 2; offset > 0; offset /= 2)
    {
        mixed ^= __shfl_xor_sync(ALL_LANES, mixed, offset);
    }

    if (threadIdx.x % LANES == 0)
    {
        parts[threadIdx.x / LANES] = mixed;
    }

    __syncthreads();
    if (threadIdx.x == 0)
    {
        for (int warp = 1; warp < 256 / LANES; warp++)
        {
            mixed ^= parts[warp];
        }

        a.sums[blockIdx.x] = mixed;
    }
}
