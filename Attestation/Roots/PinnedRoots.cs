namespace CocoonOrleans.Attestation.Roots;

/// <summary>The root certificates that are part of this assembly.</summary>
internal static class PinnedRoots
{
    /// <summary>Intel SGX Root CA, DER.</summary>
    public static byte[] Intel => Read("intel-sgx-root-ca.der");

    /// <summary>NVIDIA Device Identity CA, DER.</summary>
    public static byte[] Nvidia => Read("nvidia-device-identity-ca.der");

    /// <summary>NVIDIA CoRIM signing Root CA, DER: reference values.</summary>
    public static byte[] NvidiaReferences => Read("nvidia-reference-values-ca.der");

    private static byte[] Read(string name)
    {
        using var stream = typeof(PinnedRoots).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
