using QRCoder;

namespace CocoonOrleans.Gateway.TopUps;

/// <summary>QR codes as SVG.</summary>
internal static class QrImage
{
    private const int PixelsPerModule = 4;

    /// <summary>The picture of a text, which may have some 2,000 characters.</summary>
    /// <returns>An SVG document; null where the text is too long for a code that a camera reads.</returns>
    public static string? Svg(string text)
    {
        try
        {
            using QRCodeData data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(data);
            return svg.GetGraphic(PixelsPerModule);
        }
        catch (QRCoder.Exceptions.DataTooLongException)
        {
            return null;
        }
    }
}
