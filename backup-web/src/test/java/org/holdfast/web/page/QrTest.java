package org.holdfast.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QrTest {
    @Test
    void what_is_drawn_reads_back_as_what_was_given() throws Exception {
        String content =
                "otpauth://totp/Holdfast:m.weiss?secret=WDAGXJHOKVNQDLGJRK72NYAPYP44FMC5&issuer=Holdfast";
        Qr qr = Qr.of(content);
        BitMatrix bits = new BitMatrix(qr.size());
        Matcher squares = Pattern.compile("M([0-9]+) ([0-9]+)h1v1h-1z").matcher(qr.path());
        while (squares.find()) {
            bits.set(Integer.parseInt(squares.group(1)), Integer.parseInt(squares.group(2)));
        }
        assertThat(new Decoder().decode(bits).getText()).isEqualTo(content);
        assertThat(qr.viewBox()).isEqualTo("0 0 " + qr.size() + " " + qr.size());
    }
}
