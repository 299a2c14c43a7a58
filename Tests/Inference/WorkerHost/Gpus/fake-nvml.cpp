// FAKE, NOT NVIDIA'S: a library with the functions and layouts of nvml.h that a worker calls, so that the binding is called across a real boundary.
// The layouts are written here from NVIDIA's reference and not from the binding.
#include <cstring>

extern "C" {

struct Device { unsigned index; };
struct State { unsigned environment, feature, tools; };
struct Certificate { unsigned chain_size, attestation_size; unsigned char chain[0x1000]; unsigned char attestation[0x1400]; };
struct Report {
    unsigned has_cec, size, cec_size;
    unsigned char nonce[0x20];
    unsigned char report[0x2000];
    unsigned char cec[0x1000];
};

static Device devices[2] = {{0}, {1}};
static int open_count = 0;

int nvmlInit_v2() { open_count++; return 0; }
int nvmlShutdown() { open_count--; return 0; }
int fake_open_count() { return open_count; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }

int nvmlSystemGetConfComputeState(State *state) {
    *state = State{2, 1, 0};
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device) {
    if (index >= 2) return 2; // NVML_ERROR_INVALID_ARGUMENT
    *device = &devices[index];
    return 0;
}

int nvmlDeviceGetConfComputeGpuAttestationReport(Device *device, Report *report) {
    // The longest that there is for the second one: every byte behind the first 33 is its place, so that a shifted one is seen.
    report->size = device->index == 0 ? 33 : sizeof report->report;
    report->has_cec = 1;
    report->cec_size = sizeof report->cec;
    memset(report->cec, 0xEE, sizeof report->cec);
    for (unsigned i = 0; i < report->size; i++) report->report[i] = (unsigned char)i;
    report->report[0] = (unsigned char)device->index;
    memcpy(report->report + 1, report->nonce, 0x20);
    return 0;
}

int nvmlDeviceGetConfComputeGpuCertificate(Device *device, Certificate *certificate) {
    certificate->chain_size = sizeof certificate->chain;
    memset(certificate->chain, 0xEE, sizeof certificate->chain);
    certificate->attestation_size = device->index == 0 ? 5 : sizeof certificate->attestation;
    memset(certificate->attestation, 'c', certificate->attestation_size);
    certificate->attestation[0] = (unsigned char)device->index;
    return 0;
}

const char *nvmlErrorString(int code) { return code == 2 ? "Invalid Argument" : "Something else"; }

}
