package org.holdfast.web.page;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;

/**
 * A QR code (ISO/IEC 18004) as one SVG path, drawn here so that its content leaves for nowhere.
 *
 * @param size modules along one side
 * @param path data of one SVG path, a square per dark module
 */
public record Qr(int size, String path) {

    public static Qr of(String content) {
        try {
            BitMatrix bits =
                    new QRCodeWriter()
                            .encode(
                                    content,
                                    BarcodeFormat.QR_CODE,
                                    0,
                                    0,
                                    Map.of(
                                            EncodeHintType.MARGIN,
                                            0,
                                            EncodeHintType.ERROR_CORRECTION,
                                            ErrorCorrectionLevel.M));
            StringBuilder path = new StringBuilder();
            for (int y = 0; y < bits.getHeight(); y++) {
                for (int x = 0; x < bits.getWidth(); x++) {
                    if (bits.get(x, y)) {
                        path.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
                    }
                }
            }
            return new Qr(bits.getWidth(), path.toString());
        } catch (WriterException e) {
            throw new IllegalArgumentException("This text has no QR code.", e);
        }
    }

    public String viewBox() {
        return "0 0 " + size + " " + size;
    }
}
