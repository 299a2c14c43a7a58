// Runs our CUDA kernels on the processor, for tests of their arithmetic: an emulation, of no use for anything else. It stands in front of the kernels' sources, which then
// are C++. A block's threads are fibers of one thread; blocks run one after the other. Fibers switch at barriers and shuffles only, in an order that the caller chooses, so a
// kernel that forgets a barrier gives other results in another order. Shared memory is garbage at the start of each block, and a barrier that not all threads reach, or
// that they reach by different calls, is an error.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if !defined(__x86_64__)
#error "threads are switched by a few instructions of x86-64"
#endif

#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(threads)
#define __shared__ static __attribute__((section("emulated_shared"), aligned(16)))

struct alignas(16) uint4 { unsigned int x, y, z, w; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) float2 { float x, y; };
struct Index { unsigned int x, y, z; };

static Index threadIdx, blockIdx, blockDim, gridDim;

// The bounds of all shared variables, which the linker knows; there is at least one.
extern "C" char __start_emulated_shared[] __attribute__((visibility("hidden")));
extern "C" char __stop_emulated_shared[] __attribute__((visibility("hidden")));

// Puts the registers that a function must keep on this stack, and goes on where another stack was left in the same way.
extern "C" void emulated_switch(void **left, void *next) __attribute__((visibility("hidden")));
asm(".text\n"
    "emulated_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp, (%rdi)\n"
    "movq %rsi, %rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\n"
    "ret\n");

namespace emulation
{
    const int Lanes = 32;
    const int MostThreads = 1024;
    const int StackBytes = 64 << 10;

    enum Wait { Running, Warp, Shuffle, Block, Ended };

    struct Fiber
    {
        void *top;  // Of its stack, while it does not run.
        char *stack;
        Wait wait;
        int parity;
        bool started;
    };

    static Fiber fibers[MostThreads];
    static uint32_t exchanged[MostThreads / Lanes][2][Lanes];
    static void *scheduler;
    static int current;
    static int count;
    static char error[256];
    static void (*body)(const void *);
    static const void *arguments;

    static void __attribute__((noipa)) leave(Wait wait)
    {
        fibers[current].wait = wait;
        emulated_switch(&fibers[current].top, scheduler);
    }

    // A fiber lives on and runs the next block's thread of its number.
    static void begin()
    {
        for (;;)
        {
            body(arguments);
            leave(Ended);
        }
    }

    static void __attribute__((noipa)) enter(int index)
    {
        current = index;
        threadIdx = {(unsigned int)index, 0, 0};
        fibers[index].wait = Running;
        emulated_switch(&scheduler, fibers[index].top);
    }

    // Lets some threads go on if all of them wait at the same call.
    static bool release(int from, int end, bool block)
    {
        const Wait wait = fibers[from].wait;
        if (block ? wait != Block : wait != Warp && wait != Shuffle)
        {
            return false;
        }

        for (int i = from; i < end; i++)
        {
            if (fibers[i].wait != wait)
            {
                return false;
            }
        }

        for (int i = from; i < end; i++)
        {
            fibers[i].wait = Running;
        }

        return true;
    }

    // 0: in their order, 1: backwards, more: shuffled with that seed.
    static void arrange(int *order, unsigned int kind)
    {
        for (int i = 0; i < count; i++)
        {
            order[i] = kind == 1 ? count - 1 - i : i;
        }

        for (int i = count - 1; kind > 1 && i > 0; i--)
        {
            kind = kind * 1664525u + 1013904223u;
            const int other = (int)((kind >> 8) % (unsigned int)(i + 1));
            const int moved = order[i];
            order[i] = order[other];
            order[other] = moved;
        }
    }

    // As if it had been left just before its first instruction: six registers, where to go on, and a word that aligns the stack.
    static void prepare(Fiber *fiber)
    {
        if (!fiber->stack)
        {
            fiber->stack = (char *)aligned_alloc(16, StackBytes);
        }

        void **top = (void **)(fiber->stack + StackBytes) - 8;
        memset(top, 0, 8 * sizeof(void *));
        top[6] = (void *)begin;
        fiber->top = top;
        fiber->started = true;
    }

    static bool run_block(unsigned int kind)
    {
        static int order[MostThreads];
        static bool ready[MostThreads];
        arrange(order, kind);
        memset(__start_emulated_shared, 0xff, (size_t)(__stop_emulated_shared - __start_emulated_shared));
        for (int i = 0; i < count; i++)
        {
            if (!fibers[i].started)
            {
                prepare(&fibers[i]);
            }

            fibers[i].parity = 0;
            ready[i] = true;
        }

        for (;;)
        {
            for (int i = 0; i < count; i++)
            {
                if (ready[order[i]])
                {
                    enter(order[i]);
                }
            }

            bool all_ended = true, released = false;
            for (int i = 0; i < count; i++)
            {
                ready[i] = false;
                all_ended &= fibers[i].wait == Ended;
            }

            if (all_ended)
            {
                return true;
            }

            for (int from = 0; from < count; from += Lanes)
            {
                const int end = from + Lanes < count ? from + Lanes : count;
                if (release(from, end, false))
                {
                    released = true;
                    for (int i = from; i < end; i++)
                    {
                        ready[i] = true;
                    }
                }
            }

            if (!released && release(0, count, true))
            {
                released = true;
                for (int i = 0; i < count; i++)
                {
                    ready[i] = true;
                }
            }

            if (!released)
            {
                for (int i = 0; i < count; i++)
                {
                    // Those that hang in the middle of a kernel begin anew next time.
                    fibers[i].started &= fibers[i].wait == Ended;
                }

                snprintf(error, sizeof error, "block (%u, %u, %u) hangs: not all of its threads reach the same barrier", blockIdx.x, blockIdx.y, blockIdx.z);
                return false;
            }
        }
    }

    static const char *launch(void (*kernel)(const void *), const void *given, const unsigned int *grid, unsigned int threads, unsigned int kind)
    {
        if (threads == 0 || threads > MostThreads || threads % Lanes != 0)
        {
            return "a block has whole warps, 1024 threads at most";
        }

        body = kernel;
        arguments = given;
        count = (int)threads;
        gridDim = {grid[0], grid[1], grid[2]};
        blockDim = {threads, 1, 1};
        const unsigned long long blocks = (unsigned long long)grid[0] * grid[1] * grid[2];
        for (unsigned long long i = 0; i < blocks; i++)
        {
            const unsigned long long block = kind % 2 == 1 ? blocks - 1 - i : i;
            blockIdx = {(unsigned int)(block % grid[0]), (unsigned int)(block / grid[0] % grid[1]), (unsigned int)(block / grid[0] / grid[1])};
            if (!run_block(kind))
            {
                return error;
            }
        }

        return nullptr;
    }

    template <typename T>
    static inline T exchange(T value, int from)
    {
        static_assert(sizeof(T) == sizeof(uint32_t));
        const int warp = current / Lanes;
        const int parity = fibers[current].parity;
        fibers[current].parity = 1 - parity;
        memcpy(&exchanged[warp][parity][current % Lanes], &value, sizeof value);
        leave(Shuffle);
        memcpy(&value, &exchanged[warp][parity][from % Lanes], sizeof value);
        return value;
    }
}

template <typename T>
static inline T __shfl_xor_sync(unsigned int, T value, int lanes)
{
    return emulation::exchange(value, emulation::current ^ lanes);
}

static inline void __syncthreads() { emulation::leave(emulation::Block); asm volatile("" ::: "memory"); }
static inline void __syncwarp() { emulation::leave(emulation::Warp); asm volatile("" ::: "memory"); }

static inline float __uint_as_float(unsigned int bits) { float value; memcpy(&value, &bits, sizeof value); return value; }
static inline unsigned int __float_as_uint(float value) { unsigned int bits; memcpy(&bits, &value, sizeof bits); return bits; }

// As cvt.rni.s32.f32: nearest, ties to even; what does not fit becomes the nearest that does, what is no number 0.
static inline int __float2int_rn(float value)
{
    return value != value ? 0 : value >= 2147483647.0f ? INT32_MAX : value <= -2147483648.0f ? INT32_MIN : (int)nearbyintf(value);
}

static inline int dot_four(int first, int second, int sum)
{
    for (int i = 0; i < 4; i++)
    {
        sum += (int8_t)(first >> (8 * i)) * (int8_t)(second >> (8 * i));
    }

    return sum;
}

static inline int min(int first, int second) { return first < second ? first : second; }
static inline int max(int first, int second) { return first > second ? first : second; }

// A kernel becomes an exported function: arguments, their size, grid, threads, order of the threads. It gives the text of an error, or null.
#define KERNEL(name, Arguments, threads)                                                                                              \
    static void body_##name(const Arguments a);                                                                                       \
    static void enter_##name(const void *arguments) { body_##name(*(const Arguments *)arguments); }                                   \
    extern "C" const char *name(const void *arguments, unsigned int bytes, const unsigned int *grid, unsigned int block, unsigned int order)  \
    {                                                                                                                                 \
        return bytes != sizeof(Arguments)  ? "the arguments of " #name " have another size here"                                      \
               : block != (unsigned)(threads) ? "the kernel " #name " is for another number of threads"                               \
                                           : emulation::launch(enter_##name, arguments, grid, block, order);                          \
    }                                                                                                                                 \
    static void body_##name(const Arguments a)
