namespace CocoonOrleans.Attestation.Quotes;

/// <summary>The kind of trusted execution environment that a quote speaks of: the quote's <c>tee_type</c>.</summary>
public enum Tee : uint
{
    /// <summary>Intel SGX: one enclave in a process.</summary>
    Sgx = 0,

    /// <summary>Intel TDX: a whole virtual machine, a trust domain (TD).</summary>
    Tdx = 0x81,
}
